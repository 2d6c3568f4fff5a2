"""Parts of long bodies (RFC 9110 14)."""

import pytest

from hoyhoy.rest.kit import Answer, Stream
from hoyhoy.rest.kit.ranges import NotThere, ranged

BODY = bytes(range(100))


async def parts(begin, end):
    for at in range(begin, end, 7):
        yield BODY[at : min(at + 7, end)]


WHOLE = Stream(len(BODY), parts)


async def asked(header):
    """Status, Content-Range and body."""
    answer = ranged(Answer(200, WHOLE, headers={"X": "y"}), WHOLE, header)
    assert answer.headers["Accept-Ranges"] == "bytes" and answer.headers["X"] == "y"
    body = b"".join([part async for part in answer.body.parts(0, answer.body.size)])
    assert len(body) == answer.body.size
    return answer.status, answer.headers.get("Content-Range"), body


@pytest.mark.parametrize(
    ("header", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=90-", 90, 100),
        ("bytes=90-1000", 90, 100),
        ("bytes=-5", 95, 100),
        ("bytes=-1000", 0, 100),
        ("Bytes= 0-99 ", 0, 100),
    ],
)
async def test_a_part(header, begin, end):
    assert await asked(header) == (206, f"bytes {begin}-{end - 1}/100", BODY[begin:end])


@pytest.mark.parametrize(
    "header",
    ["", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "seconds=0-1", "bytes=a-b", "bytes=0-" + "9" * 50, "0-1"],
)
async def test_whatever_else_is_asked_for_gets_the_whole(header):  # 14.2
    assert await asked(header) == (200, None, BODY)


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=9999999999999999999-"])
async def test_what_is_not_there(header):  # 15.5.17
    with pytest.raises(NotThere, match="100 bytes") as refused:
        await asked(header)
    assert refused.value.status == 416 and refused.value.headers == {"Content-Range": "bytes */100"}


async def test_a_part_of_a_part():
    assert b"".join([part async for part in WHOLE.part(10, 50).part(5, 20).parts(0, 15)]) == BODY[15:30]
