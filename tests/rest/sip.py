"""SIP domains, trunks and lists in the tests of resources; each function answers with what was made."""

from __future__ import annotations

from itertools import count

from .world import ACCOUNT, BASE

TRUNKS = "/trunking/v1/Trunks"
PASSWORD = "Correct4Horses"

_free = count(1000)


def free_name(suffix="sip.twilio.com"):
    """A domain name that no test has used before."""
    return f"acme-{next(_free)}.{suffix}"


async def make(exchange, path, *, auth=None, **form):
    answer = await exchange.request("POST", path, data=form, **({"auth": auth} if auth else {}))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_domain(exchange, **form):
    return await make(exchange, BASE + "/SIP/Domains.json", **{"DomainName": free_name(), **form})


async def make_credential_list(exchange, **users):
    """With a password for each user name."""
    made = await make(exchange, BASE + "/SIP/CredentialLists.json", FriendlyName="Phones")
    for name, password in users.items():
        path = f"{BASE}/SIP/CredentialLists/{made['sid']}/Credentials.json"
        await make(exchange, path, Username=name, Password=password)
    return made


async def make_access_list(exchange, *addresses):
    made = await make(exchange, BASE + "/SIP/IpAccessControlLists.json", FriendlyName="Offices")
    for address in addresses:
        path = f"{BASE}/SIP/IpAccessControlLists/{made['sid']}/IpAddresses.json"
        await make(exchange, path, FriendlyName="Office", IpAddress=address)
    return made


async def make_trunk(exchange, **form):
    return await make(exchange, TRUNKS, **form)


async def refusal(exchange, path, method="POST", **form):
    """Status and code of what is refused."""
    answer = await exchange.request(method, path, data=form)
    return answer.status_code, answer.json()["code"]


def domain_of(exchange, made):
    """As the exchange knows it."""
    return exchange.database.directory.domain_of(made["sid"])


def trunk_of(exchange, made):
    return exchange.database.directory.trunk(made["sid"])


def fill(exchange, table, amount, prefix, **values):
    """Rows that are in the way."""
    for number in range(amount):
        exchange.write(table, f"{prefix}{number:032x}", account_sid=ACCOUNT, **values)
