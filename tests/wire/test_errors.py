import pytest

from hoyhoy.wire.error_codes import TABLES
from hoyhoy.wire.errors import CATALOGUE, Fault, Level, lookup


def test_every_row_is_there_once_and_in_order():
    for table in TABLES:
        codes = [int(line.split()[0]) for line in table.strip().splitlines()]
        assert codes == sorted(set(codes))
    assert len(CATALOGUE) == sum(len(table.strip().splitlines()) for table in TABLES)


def test_rows_are_sensible():
    for code, entry in CATALOGUE.items():
        assert code == entry.code and 400 <= entry.status <= 504 and entry.gist.strip() == entry.gist != ""
        assert len(entry.gist) < 120


@pytest.mark.parametrize(
    ("code", "status"),
    [  # messaging 6, voice 17.3
        (20001, 400),
        (20003, 401),
        (20004, 405),
        (20007, 400),
        (20008, 403),
        (20009, 409),
        (20404, 404),
        (20413, 413),
        (20429, 429),
        (20500, 500),
        (21211, 400),
        (21220, 400),
        (21701, 404),
        (21710, 409),
        (60202, 429),
        (60204, 403),
    ],
)
def test_http_status(code, status):
    assert Fault(code).status == status


@pytest.mark.parametrize(
    ("code", "level"),
    [  # voice 17.1, 17.2
        (11200, Level.ERROR),
        (12100, Level.ERROR),
        (12200, Level.WARNING),
        (13214, Level.WARNING),
        (13224, Level.ERROR),
        (15003, Level.WARNING),
        (32019, Level.WARNING),
        (14109, Level.WARNING),
    ],
)
def test_level(code, level):
    assert lookup(code).level is level


def test_a_fault_carries_its_verdict():
    fault = Fault(21211, "The 'To' number 12 is not a valid phone number.")
    assert (fault.code, fault.status, fault.level) == (21211, 400, Level.ERROR)
    assert fault.message == "The 'To' number 12 is not a valid phone number."
    assert fault.more_info == "https://www.twilio.com/docs/errors/21211"
    assert str(fault) == "21211: The 'To' number 12 is not a valid phone number."
    assert Fault(20409, status=412).status == 412


def test_an_unknown_code_is_a_general_error():
    assert lookup(99999).status == 400 and Fault(99999).message == "Error"
