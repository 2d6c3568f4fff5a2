"""Media of messages (messaging reference 1.1, 1.3)."""

import pytest

from tests.rest.world import ACCOUNT, BASE, NUMBER, OTHER, OTHER_TOKEN, PHONE


async def send(exchange, *media):
    form = {"To": PHONE, "From": NUMBER, "Body": "Look", "MediaUrl": media}
    return (await exchange.post("/Messages.json", **form)).json()["sid"]


async def make_media(exchange):
    message = await send(exchange, "http://app/cat.png")
    (media,) = await exchange.database.rows.page("media")
    return f"{BASE}/Messages/{message}/Media/{media['sid']}"


SPECIMENS = {"MessageMedia": make_media}


async def test_representation(exchange):
    path = await make_media(exchange)
    message, media = path.split("/")[5], path.split("/")[7]
    body = (await exchange.request("GET", path + ".json")).json()
    assert body == {
        "sid": media,
        "account_sid": ACCOUNT,
        "parent_sid": message,
        "content_type": "image/png",
        "date_created": "Thu, 01 Jan 2026 00:00:00 +0000",
        "date_updated": "Thu, 01 Jan 2026 00:00:00 +0000",
        "uri": f"{path}.json",
    }
    assert media.startswith("ME")
    listed = (await exchange.request("GET", path.rpartition("/")[0] + ".json")).json()
    assert listed["media_list"] == [body], "9, trap 8"


async def test_the_bytes_are_where_they_came_from(exchange):
    """Without a suffix the bytes are asked for, and whoever asks is sent to them."""
    message = await send(exchange, "http://app/a b/käse.png?x=1&y=%20")
    (media,) = await exchange.database.rows.page("media")
    path = f"{BASE}/Messages/{message}/Media/{media['sid']}"
    for method in ("GET", "HEAD"):
        answer = await exchange.request(method, path)
        assert answer.status_code == 307
        assert answer.headers["Location"] == "http://app/a%20b/k%C3%A4se.png?x=1&y=%20"
    assert (await exchange.request("GET", path + ".xml")).headers["Content-Type"] == "application/xml"
    assert (await exchange.request("GET", path, auth=None)).status_code == 401


async def test_official_client(exchange):
    message = await send(exchange, "http://app/cat.png", "http://app/dog.jpg", "http://app/thing")

    def work(client):
        media = client.messages(message).media
        kinds = [one.content_type for one in media.list(page_size=1)]
        first = media.list()[0]
        assert media(first.sid).fetch().parent_sid == message
        assert media(first.sid).delete()
        return kinds, [one.content_type for one in media.list()]

    kinds, left = await exchange.sdk(work)
    assert kinds == ["application/octet-stream", "image/jpeg", "image/png"] and left == kinds[1:]


async def test_of_a_message_received(exchange):
    sid = exchange.switchboard.receive(sender=PHONE, recipient=NUMBER, body="", media=("http://phone/cat.gif",))
    (media,) = (await exchange.get(f"/Messages/{sid}/Media.json")).json()["media_list"]
    assert (media["content_type"], media["parent_sid"]) == ("image/gif", sid)
    message = (await exchange.get(f"/Messages/{sid}.json")).json()
    assert message["subresource_uris"]["media"] == f"{BASE}/Messages/{sid}/Media.json"
    assert message["num_media"] == "1" and sid.startswith("MM")


@pytest.mark.works("MessageMedia.list", "DateCreated")
async def test_filters(exchange):
    sid = await send(exchange, "http://app/cat.png")

    async def count(**params):
        return len((await exchange.get(f"/Messages/{sid}/Media.json", params=params)).json()["media_list"])

    assert await count(DateCreated="2026-01-01") == 1 and await count(DateCreated="2026-01-02") == 0
    assert await count(**{"DateCreated>": "2026-01-02"}) == 0 and await count(**{"DateCreated<": "2026-01-02"}) == 1


async def test_of_other_messages_and_accounts(exchange):
    path = await make_media(exchange)
    second = await send(exchange)
    assert (await exchange.request("GET", path.replace(path.split("/")[5], second) + ".json")).status_code == 404
    assert (await exchange.get(f"/Messages/{second}/Media.json")).json()["media_list"] == []
    theirs = path.replace(ACCOUNT, OTHER) + ".json"
    assert (await exchange.request("GET", theirs, auth=(OTHER, OTHER_TOKEN))).status_code == 404
    assert (await exchange.get("/Messages/SM" + "0" * 32 + "/Media.json")).status_code == 404
