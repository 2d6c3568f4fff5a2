"""Which number is bought; the refusals are in the tests of the resource (voice reference 9)."""

from hoyhoy.wire import inventory
from tests.rest.world import BASE, SHARED


@SHARED
async def test_an_area_that_is_sold_out_says_so(shared, monkeypatch):
    monkeypatch.setattr(inventory, "PATIENCE", 1)
    directory = shared.database.directory
    monkeypatch.setattr(directory, "number", lambda e164: e164 if e164.startswith("+1907") else None)
    answer = await shared.request("POST", f"{BASE}/IncomingPhoneNumbers.json", data={"AreaCode": "907"})
    assert (answer.status_code, answer.json()["code"]) == (400, 21452)
