import re

from hoyhoy.wire.area_codes import CANADIAN, PLACES


def test_known_places():
    assert PLACES["415"] == ("SAN FRANCISCO", "CA") and PLACES["202"] == ("WASHINGTON", "DC")
    assert PLACES["604"] == ("VANCOUVER", "BC") and PLACES["368"] == ("", "AB")


def test_every_row_is_whole():
    assert len(PLACES) > 400
    for code, (city, state) in PLACES.items():
        assert re.fullmatch("[2-9][0-9]{2}", code) and re.fullmatch("[A-Z]{2}", state) and city == city.upper().strip()
    assert {"ON", "QC"} <= {state for _, state in PLACES.values()} & CANADIAN
