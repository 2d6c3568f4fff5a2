"""Sounds written in IPA or X-SAMPA as espeak-ng's mnemonics (voice reference 2.1.2, `phoneme`).

The sounds of English, and those of its neighbours that the English voices can make. A sound that is not
listed makes the whole word unspeakable, and the caller speaks its letters instead.
"""

from __future__ import annotations

_IPA = """
    p p  b b  t t  d d  k k  ɡ g  g g  f f  v v  θ T  ð D  s s  z z  ʃ S  ʒ Z  h h  m m  n n  ŋ N  l l  ɫ l  r r  ɹ r
    ɾ t#  ɻ r  j j  w w  ʍ w  x x  ç C  ʔ ?  tʃ tS  t͡ʃ tS  ʧ tS  dʒ dZ  d͡ʒ dZ  ʤ dZ
    i i:  iː i:  ɪ I  e E  ɛ E  æ a  a a  ɑ A:  ɑː A:  ɒ 0  ɔ O:  ɔː O:  o oU  ʊ U  u u:  uː u:  ʌ V  ə @  ɐ a#  ɚ 3
    ɜ 3:  ɜː 3:  ɝ 3:  ɨ I2  eɪ eI  aɪ aI  ɔɪ OI  aʊ aU  oʊ oU  əʊ oU  ɪə i@  eə e@  ɛə e@  ʊə U@
    ˈ '  ˌ ,  . _!  ː :
"""
_SAMPA = """
    p p  b b  t t  d d  k k  g g  f f  v v  T T  D D  s s  z z  S S  Z Z  h h  m m  n n  N N  l l  r r  r\\ r  4 t#  j j
    w w  W w  x x  C C  ? ?  tS tS  dZ dZ
    i i:  i: i:  I I  e E  E E  { a  a a  A A:  A: A:  Q 0  O O:  O: O:  o oU  U U  u u:  u: u:  V V  @ @  6 a#  @` 3
    3 3:  3: 3:  3` 3:  1 I2  eI eI  aI aI  OI OI  aU aU  oU oU  @U oU  I@ i@  e@ e@  E@ e@  U@ U@
    " '  % ,  . _!  : :
"""
LONGEST = 200


def _table(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


ALPHABETS = {"ipa": _table(_IPA), "x-sampa": _table(_SAMPA)}


def mnemonics(sounds: str, alphabet: str) -> str | None:
    """`sounds` for espeak-ng, to stand between [[ and ]]; None when there is a sound or an alphabet it has not."""
    table = ALPHABETS.get(alphabet)
    if table is None or len(sounds) > LONGEST:
        return None
    words = []
    for word in sounds.split():
        spelled, at = "", 0
        while at < len(word):
            for size in (3, 2, 1):
                if (found := table.get(word[at : at + size])) is not None:
                    spelled += found
                    at += size
                    break
            else:
                return None
        words.append(spelled)
    return " ".join(words) or None
