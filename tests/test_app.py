"""The roof: an exchange starts, serves, stops, and leaves nothing behind when it cannot (design 5)."""

import asyncio
import base64
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request

import pytest

from hoyhoy import __version__
from hoyhoy.app import Exchange
from hoyhoy.exchange.clock import RealClock, VirtualClock
from hoyhoy.exchange.events import Noticed, PhoneHeard, ResourceChanged
from hoyhoy.exchange.ports import Row
from hoyhoy.intercept.address import Keys
from hoyhoy.lines.simulated.script import Behaviour, Step
from hoyhoy.server import PortTaken
from hoyhoy.settings import Settings, Unsafe
from hoyhoy.store.folder import FolderInUse

FREE = {"port": 0, "proxy_port": 0}


async def get(url: str, user: str = "", password: str = "", form: bytes | None = None):
    request = urllib.request.Request(url, form)
    if user:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask():
        try:
            with opener.open(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            is_json = error.headers.get_content_type() == "application/json"
            return error.code, json.load(error) if is_json else error.read()

    return await asyncio.to_thread(ask)


@pytest.fixture
async def start():
    running = []

    async def starting(**settings) -> Exchange:
        running.append(await Exchange.start(Settings(**{**FREE, **settings})))
        return running[-1]

    yield starting
    for exchange in running:
        await exchange.close()


async def test_one_port_serves_api_and_lab(start):
    exchange = await start()
    account = exchange.accounts[0]
    assert (await get(exchange.url + "/lab/v1/health"))[1]["exchange"] == exchange.identity
    status, body = await get(f"{exchange.url}/2010-04-01/Accounts/{account.sid}.json", account.sid, account.auth_token)
    assert (status, body["sid"]) == (200, account.sid)
    assert (await get(exchange.url + "/lab/v1/phones"))[0] == 200


async def test_twimlets_are_at_the_exchanges_own_address(start):
    """For a program that asks, and for a call, which does not go round by the network (voice 15)."""
    exchange = await start(virtual_time=True)
    account = exchange.accounts[0]
    url = exchange.url + "/twimlets/voicemail?Email=ann@a.example&Message=Speak"
    form = urllib.parse.urlencode({"To": "+14155550123", "From": "+15005550006", "Url": url}).encode()
    path = f"{exchange.url}/2010-04-01/Accounts/{account.sid}/Calls.json"
    phone = exchange.network.phone("+14155550123")
    phone.behaviour = Behaviour(script=(Step(wait=4, say="It is Ann " * 9), Step(wait=1, hang_up=True)))
    assert (await get(path, account.sid, account.auth_token, form))[0] == 201
    await exchange.clock.advance(60)
    heard = [e.event for e in await exchange.database.events(0) if isinstance(e.event, PhoneHeard | Noticed)]
    assert [one.text for one in heard if isinstance(one, PhoneHeard) and one.kind == "speech"] == ["Speak"]
    assert [one.code for one in heard if isinstance(one, Noticed) and "sends no mail" in one.message] == [12200]
    assert (await get(exchange.url + "/twimlets/nothing"))[0] == 404


async def test_the_lab_can_be_shut(start):
    exchange = await start(lab=False)
    assert (await get(exchange.url + "/lab/v1/health"))[0] == 200
    assert (await get(exchange.url + "/lab/v1/phones"))[0] == 404


async def test_off_loopback_there_is_no_more_than_a_version(start):
    exchange = await start(host="0.0.0.0", lab=False, proxy_port=None, sip_port=0, sips_port=0)
    url = f"http://127.0.0.1:{exchange.http.port}/lab/v1"
    assert await get(url + "/health") == (200, {"hoyhoy": __version__})
    assert (await get(url + "/tenancy"))[0] == 404


@pytest.mark.parametrize("virtual", [True, False])
async def test_a_stop_tells_apps_how_their_calls_ended(start, virtual):
    told = []

    async def app(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        told.append((await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head)[1]))).decode())
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(app, "127.0.0.1", 0)
    exchange = await start(virtual_time=virtual)
    account = exchange.accounts[0]
    form = urllib.parse.urlencode(
        {
            "To": "+14155550123",
            "From": exchange.database.directory.numbers(account.sid)[0].number,
            "Twiml": "<Response><Pause length='60'/></Response>",
            "StatusCallback": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/status",
        }
    )
    path = f"{exchange.url}/2010-04-01/Accounts/{account.sid}/Calls.json"
    assert (await get(path, account.sid, account.auth_token, form.encode()))[0] == 201
    await exchange.close()
    server.close()
    assert len(told) == 1 and "CallStatus=failed" in told[0]


@pytest.mark.parametrize(("strict", "status"), [(False, 200), (True, 401)])
async def test_adoption(start, strict, status):
    exchange = await start(strict=strict)
    sid = "AC" + "c" * 32
    assert (await get(f"{exchange.url}/2010-04-01/Accounts/{sid}.json", sid, "its token"))[0] == status


async def test_the_folder_is_kept_and_private(start, tmp_path):
    first = await start(data=tmp_path / "data")
    account, numbers = first.accounts[0], first.database.directory.numbers(first.accounts[0].sid)
    await first.close()
    again = await start(data=tmp_path / "data")
    assert again.accounts[0] == account and again.database.directory.numbers(account.sid) == numbers
    assert again.identity != first.identity
    keys = json.loads((tmp_path / "data" / "run.json").read_text())
    assert (keys["account_sid"], keys["auth_token"], keys["number"]) == (
        account.sid,
        account.auth_token,
        numbers[0].number,
    )
    for name in ("run.json", "hoyhoy.db"):
        assert os.stat(tmp_path / "data" / name).st_mode & 0o077 == 0
    assert account.auth_token.encode() not in (tmp_path / "data" / "hoyhoy.db").read_bytes()


async def test_a_start_finishes_the_closing_of_an_account(start, tmp_path):
    # messaging 3.1; the stop came right after the status was written
    first = await start(data=tmp_path / "data")
    sub, e164 = "AC" + "b" * 32, "+14155550150"
    for table, sid, values in (
        ("accounts", sub, {"status": "closed", "owner_account_sid": first.accounts[0].sid, "auth_token": "t"}),
        ("incoming_phone_numbers", "PN" + "b" * 32, {"account_sid": sub, "phone_number": e164}),
    ):
        event = ResourceChanged(table=table, change="created")
        first.database.journal.record(sid, sub, event, (Row(table, sid, values, new=True),))
    await first.close()
    again = await start(data=tmp_path / "data")
    directory = again.database.directory
    assert directory.number(e164) is None and directory.numbers(again.accounts[0].sid)


async def test_programs_are_given_a_key_and_it_is_the_same_next_time(start, tmp_path):
    first = await start(data=tmp_path / "data")
    keys, account = first.keys(), first.accounts[0]
    assert Keys.read(tmp_path / "data") == keys
    calls = f"/2010-04-01/Accounts/{account.sid}/Calls.json"
    assert (await get(first.url + calls, keys.api_key, keys.api_secret))[0] == 200
    assert (await get(f"{first.url}/2010-04-01/Accounts/{account.sid}.json", keys.api_key, keys.api_secret))[0] == 401
    test = f"/2010-04-01/Accounts/{keys.test_account_sid}/Messages.json"
    form = b"To=%2B14155550123&From=%2B15005550006&Body=Hi"
    assert (await get(first.url + test, keys.test_account_sid, keys.test_auth_token, form))[0] == 201
    await first.close()
    assert keys.api_secret.encode() not in (tmp_path / "data" / "hoyhoy.db").read_bytes()
    again = await start(data=tmp_path / "data")
    assert (again.keys().api_key, again.keys().api_secret) == (keys.api_key, keys.api_secret)
    again.database.journal.record(
        keys.api_key, account.sid, ResourceChanged(table="keys", change="deleted"), (Row("keys", keys.api_key, None),)
    )
    assert Keys.read(tmp_path / "data").api_key == ""
    await again.close()
    third = await start(data=tmp_path / "data")
    assert third.keys().api_key not in ("", keys.api_key)


async def test_what_programs_are_given_follows_a_promoted_token(start, tmp_path):
    exchange = await start(data=tmp_path / "data")
    sid, token = exchange.accounts[0].sid, exchange.accounts[0].auth_token
    for name in ("Secondary", "Promote"):
        assert (await get(f"{exchange.url}/accounts/v1/AuthTokens/{name}", sid, token, b""))[0] < 300
    left = Keys.read(tmp_path / "data")
    assert left.auth_token == exchange.accounts[0].auth_token != token


async def test_a_programs_own_key_is_adopted(start):
    exchange = await start()
    path, key = f"/2010-04-01/Accounts/AC{'c' * 32}/Calls.json", "SK" + "c" * 32
    assert (await get(exchange.url + path, key, "its secret"))[0] == 200
    assert (await get(exchange.url + path, key, "another"))[0] == 401


async def test_what_cannot_start_says_why_and_leaves_nothing(start, tmp_path):
    first = await start(data=tmp_path / "data")
    with pytest.raises(FolderInUse, match=str(os.getpid())):
        await start(data=tmp_path / "data")
    with pytest.raises(PortTaken, match=str(first.http.port)):
        await start(port=first.http.port)
    with pytest.raises(PortTaken, match="--proxy-port"):
        await start(proxy_port=first.proxy_port, data=tmp_path / "other")
    await start(data=tmp_path / "other")  # the folder of the failed start is free again
    with pytest.raises(Unsafe):
        await start(host="0.0.0.0")


async def test_time_and_chance_are_chosen(start):
    assert isinstance((await start()).clock, RealClock)
    one, two = await start(virtual_time=True, seed=3), await start(virtual_time=True, seed=3)
    assert isinstance(one.clock, VirtualClock) and one.clock.now() == two.clock.now()
    assert one.accounts[0] == two.accounts[0]


async def test_a_seeded_run_goes_on_in_the_folder_of_the_last(start, tmp_path):
    """Every run draws new sids, and is later than what was driven before; two folders still see the same."""
    settings = {"virtual_time": True, "seed": 1}
    told = []
    for folder in ("one", "other"):
        sids, moments = [], []
        for _ in range(3):
            exchange = await start(data=tmp_path / folder, **settings)
            moments.append(exchange.clock.now())
            account = exchange.accounts[0]
            number = exchange.database.directory.numbers(account.sid)[0].number
            path = f"{exchange.url}/2010-04-01/Accounts/{account.sid}/Messages.json"
            form = urllib.parse.urlencode({"To": "+14155550123", "From": number, "Body": "x"}).encode()
            for _ in range(3):
                status, body = await get(path, account.sid, account.auth_token, form)
                assert status == 201
                sids.append(body["sid"])
            await exchange.clock.advance(3600)
            moments.append(exchange.database.journal.record("", "", ResourceChanged(table="x", change="x")).at)
            await exchange.close()
        assert moments == sorted(moments) and moments[-1] >= moments[0] + 3 * 3600
        assert len(set(sids)) == 9
        told.append((sids, moments))
    assert told[0] == told[1]


async def test_a_proxy_we_cannot_chain_to_is_said_and_passed_by(start, caplog):
    exchange = await start(upstream_proxy="socks5://127.0.0.1:1")
    assert exchange.proxy_port and "socks5" in caplog.text


async def test_usage_triggers_are_watched(start):
    # messaging 3.4: about a minute after so much was used, the app is told
    exchange = await start(virtual_time=True)
    account = exchange.accounts[0]
    base = f"{exchange.url}/2010-04-01/Accounts/{account.sid}"
    number = exchange.database.directory.numbers(account.sid)[0].number

    async def post(path, **form):
        encoded = urllib.parse.urlencode(form).encode()
        status, body = await get(f"{base}/{path}.json", account.sid, account.auth_token, encoded)
        assert status == 201, body
        return body

    trigger = await post("Usage/Triggers", CallbackUrl="http://127.0.0.1:9/", TriggerValue="1", UsageCategory="sms")
    await post("Messages", To="+14155550123", From=number, Body="Hello")
    await exchange.clock.advance(120)
    told = [one.event for one in await exchange.database.events(0, subject=trigger["sid"])]
    assert {"UsageTriggerSid": trigger["sid"], "CurrentValue": "1"}.items() <= dict(told[-1].params).items()
    assert (await get(f"{base}/Usage/Triggers/{trigger['sid']}.json", account.sid, account.auth_token))[1]["date_fired"]
