import pytest

from hoyhoy.exchange.verbs.voice.languages import is_lawful


# voice 2.1
@pytest.mark.parametrize(
    ("tag", "lawful"),
    [
        ("en", True),
        ("en-US", True),
        ("en-gb", True),
        ("es-419", True),
        ("zh-Hans-CN", True),
        ("arb", True),
        ("cmn-Latn-pinyin", True),
        ("", False),
        ("english", False),
        ("en_US", False),
        ("en-US-", False),
    ],
)
def test_tags(tag, lawful):
    assert is_lawful(tag) is lawful
