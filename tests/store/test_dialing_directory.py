"""Which countries accounts let calls go to (voice reference 10.1)."""

from __future__ import annotations

from hoyhoy.exchange.ports import Row
from hoyhoy.store.dialing_directory import DialingDirectory

LONDON, COSTLY = "+442071838750", "+448431234567"


def test_everything_is_open_until_it_is_closed() -> None:
    directory = DialingDirectory()
    assert directory.may_call("AC1", LONDON) and directory.may_call("AC1", COSTLY)
    directory.take(Row("dialing_permissions", "AC1.GB", {"low_risk_numbers_enabled": False}, new=True))
    assert not directory.may_call("AC1", LONDON)
    assert directory.may_call("AC1", COSTLY) and directory.may_call("AC2", LONDON)
    directory.take(
        Row(
            "dialing_permissions",
            "AC1.GB",
            {"low_risk_numbers_enabled": True, "high_risk_special_numbers_enabled": False},
        )
    )
    assert directory.may_call("AC1", LONDON) and not directory.may_call("AC1", COSTLY)
    directory.take(Row("dialing_permissions", "AC1.GB", None))
    directory.take(Row("dialing_permissions", "AC1.GB", {"low_risk_numbers_enabled": False}))  # it is gone
    assert directory.may_call("AC1", LONDON) and directory.may_call("AC1", COSTLY)


def test_inheritance() -> None:
    directory = DialingDirectory()
    assert directory.inherits("AC1")
    directory.take(Row("voice_settings", "AC1", {"account_sid": "AC1"}, new=True))
    assert directory.inherits("AC1")
    directory.take(Row("voice_settings", "AC1", {"dialing_permissions_inheritance": False}))
    assert not directory.inherits("AC1") and directory.inherits("AC2")
