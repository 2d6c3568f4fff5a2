"""Balance (messaging reference 3.4)."""

from decimal import Decimal

from tests.rest.world import ACCOUNT, BASE, OTHER, OTHER_TOKEN, SHARED, START, SUB, SUB_TOKEN, world


async def balance(exchange):
    return f"{BASE}/Balance"


SPECIMENS = {"Balance": balance}


@SHARED
async def test_representation(shared):
    assert (await shared.get("/Balance.json")).json() == {
        "account_sid": ACCOUNT,
        "balance": "100.00",
        "currency": "USD",
        "uri": f"{BASE}/Balance.json",
    }
    fetched = await shared.sdk(lambda client: client.balance.fetch())
    assert (fetched.balance, fetched.currency, fetched.account_sid) == ("100.00", "USD", ACCOUNT)
    assert (await shared.post("/Balance.json")).status_code == 405
    assert (await shared.request("GET", f"{BASE}/Balance.json", auth=(OTHER, OTHER_TOKEN))).status_code == 401


async def test_what_usage_costs_is_gone():
    tariff = {"calls-outbound": Decimal("0.0135"), "phonenumbers-local": Decimal("1.15")}
    async with world(credit=Decimal("1.20"), tariff=tariff) as exchange:

        async def left(account=ACCOUNT, auth=(ACCOUNT, "token of the main account")):
            path = f"/2010-04-01/Accounts/{account}/Balance.json"
            return (await exchange.request("GET", path, auth=auth)).json()["balance"]

        assert await left() == await left(OTHER, (OTHER, OTHER_TOKEN)) == "0.05"  # each has a number
        for number, account in enumerate((ACCOUNT, SUB, OTHER)):
            values = {"account_sid": account, "end_time": START, "minutes": 3}
            exchange.write("calls", f"CA{number:032x}", account, usage_category="calls-outbound", **values)
        assert await left() == await left(SUB) == await left(SUB, (SUB, SUB_TOKEN)) == "-0.031"
        assert await left(OTHER, (OTHER, OTHER_TOKEN)) == "0.0095"
