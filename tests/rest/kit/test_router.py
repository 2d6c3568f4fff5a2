import pytest

from hoyhoy.rest import resources
from hoyhoy.rest.kit.router import Router, normalised, split_suffix
from tests.rest.world import ACCOUNT, BASE

ROUTER = Router(resources())
CALL = "CA" + "1" * 32


def where(path, product="api"):
    found = ROUTER.find(product, path)
    return found and (found[0]["GET"].kind.__name__, found[1])


def test_found():
    assert where(BASE + "/Calls") == ("Call", [ACCOUNT])
    assert where(f"{BASE}/Calls/{CALL}") == ("Call", [ACCOUNT, CALL])
    assert where(f"{BASE}/Calls/{CALL}/Notifications") == ("Notification", [ACCOUNT, CALL])
    assert where("/2010-04-01/Accounts") == ("Account", [])
    assert where(f"{BASE}/Calls/a%2Bb+c") == ("Call", [ACCOUNT, "a+b+c"]), "+ is no blank in a path (messaging 4.1)"


@pytest.mark.parametrize(
    "path",
    [  # messaging 4.1
        "/",
        "",
        "/2010-04-01",
        "/2010-04-01/",
        BASE + "/calls",
        BASE + "//Calls",
        BASE + "/Calls/",
        BASE + "/Calls//Notifications",
        BASE.lower() + "/Calls",
        "/2009-04-01/Accounts",
        BASE + "/Nothing",
        f"{BASE}/Calls/{CALL}/{CALL}/{CALL}",
        "//" + BASE,
        BASE + "/Calls/CA%00",
        BASE + "/Calls/%0a",
        BASE + "/Usage/Records/Nothing",
    ],
)
def test_leads_nowhere(path):
    assert where(path) is None


def test_percent_before_what_needs_none():  # RFC 3986 6.2.2.2
    assert normalised("/%43alls%2Ejson/%2B%2b%20%7e%41%zz%4") == "/Calls.json/%2B%2b%20~A%zz%4"


def test_other_products_have_other_paths():
    assert where(BASE + "/Calls", "verify") is None


def test_suffixes():
    assert split_suffix("/Calls.json") == ("/Calls", ".json")
    assert split_suffix("/Calls.csv") == ("/Calls", ".csv")
    assert split_suffix("/Calls") == ("/Calls", "") and split_suffix("/Calls.txt") == ("/Calls.txt", "")


def test_a_path_belongs_to_one_class():
    kinds = resources()
    with pytest.raises(ValueError, match="is taken"):
        Router([*kinds, kinds[0]])
