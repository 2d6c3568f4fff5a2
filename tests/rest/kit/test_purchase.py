"""Which number is bought (voice reference 9); the refusals are in the tests of the resource."""

from tests.rest.world import ACCOUNT, BASE, OTHER


async def test_the_first_number_of_an_area_that_nobody_owns(exchange):
    async def buy():
        answer = await exchange.request("POST", f"{BASE}/IncomingPhoneNumbers.json", data={"AreaCode": "907"})
        return answer.json()["phone_number"]

    listed = await exchange.get("/AvailablePhoneNumbers/US/Local.json?AreaCode=907&PageSize=5")
    offered = [one["phone_number"] for one in listed.json()["available_phone_numbers"]]
    assert await buy() == offered[0]
    exchange.own(offered[1], OTHER)
    exchange.own(offered[2], ACCOUNT)
    assert await buy() == offered[3]
