"""An older version of the API beside today's."""

import httpx

from hoyhoy.rest.kit import Answer, Api, Resource, text
from tests.rest.world import ACCOUNT, TOKEN, world


class Parcel(Resource):
    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Parcels", "QU", "parcels"
    name: str = text()


class Older:
    """It answers with the method that it was asked with."""

    root = "/1999-01-01"

    def routes(self, kinds):
        async def act(ctx):
            return Answer(200, f"{ctx.method} {ctx.scope['parcel_sid']}".encode(), content_type="text/plain")

        [kind] = kinds
        yield kind, "/1999-01-01/Accounts/{account_sid}/Boxes/{parcel_sid}", {"GET": act, "DELETE": act}

    def method(self, method, query):
        return "DELETE" if b"gone" in query else method

    def refusal(self, fault, suffix):
        return f"{fault['code']} {suffix}".encode(), "text/plain"


async def test_it_has_paths_methods_and_refusals_of_its_own():
    async with world([Parcel]) as exchange:
        api = Api([Parcel], exchange.services, (Older(),))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://localhost") as http:

            async def ask(method, path, auth=(ACCOUNT, TOKEN)):
                answer = await http.request(method, path, auth=auth)
                return answer.status_code, answer.text

            box = f"/1999-01-01/Accounts/{ACCOUNT}/Boxes/QU1"
            assert await ask("GET", box) == (200, "GET QU1")
            assert await ask("POST", box + "?gone=1") == (200, "DELETE QU1")
            assert await ask("POST", box + ".json") == (405, "20004 .json")
            assert await ask("GET", box, auth=None) == (401, "20003 ")
            assert await ask("GET", "/1999-01-01/Nothing.xml") == (404, "20404 .xml")
            status, body = await ask("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Boxes/QU1.json?gone=1")
            assert status == 404 and '"code":20404' in body
