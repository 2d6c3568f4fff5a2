"""A part of a long body, if that is what was asked for (RFC 9110 14).

One part at a time: whoever asks for several gets the whole (14.2). `If-Range` always does: nothing here has a validator
that it could name (13.1.5).
"""

from __future__ import annotations

import re
from dataclasses import replace

from hoyhoy.wire.errors import Fault

from .request import Answer, Stream

_RANGE = re.compile(r"bytes=[ \t]*([0-9]{1,19})?-([0-9]{1,19})?[ \t]*", re.IGNORECASE)


class NotThere(Fault):
    """Nothing of what is asked for is there (15.5.17)."""

    def __init__(self, size: int) -> None:
        super().__init__(20400, f"There are {size} bytes, numbered from 0, and none of them was asked for.", status=416)
        self.headers = {"Content-Range": f"bytes */{size}"}


def ranged(answer: Answer, whole: Stream, asked: str) -> Answer:
    """The answer, or a part of it with 206; `asked` is what Range said, "" = nothing. NotThere."""
    headers = {**answer.headers, "Accept-Ranges": "bytes"}
    part = _part(asked, whole.size)
    if part is None:
        return replace(answer, headers=headers)
    begin, end = part
    headers["Content-Range"] = f"bytes {begin}-{end - 1}/{whole.size}"
    return replace(answer, status=206, body=whole.part(begin, end), headers=headers)


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; None for the whole, also when it cannot be read (14.2)."""
    found = _RANGE.fullmatch(asked)
    if found is None:
        return None
    first, last = found.groups()
    if first is None:
        if last is None:
            return None
        begin, end = max(0, size - int(last)), size  # so many from the end
    else:
        begin, end = int(first), size if last is None else min(size, int(last) + 1)
        if last is not None and int(last) < begin:
            return None
    if begin >= size:
        raise NotThere(size)
    return begin, end
