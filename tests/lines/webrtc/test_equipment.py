from hoyhoy.wire import tokens

from .booth import ACCOUNT, SID


async def test_a_call_is_for_whoever_takes_part_in_it(line):
    """Nobody else may speak of it, whatever he knows of its sid (official clients B4)."""
    line.browser("alice")
    leg, equipment = await line.dial(), line.line.equipment

    def grant(account=ACCOUNT, identity="alice"):
        return tokens.Grant(account, identity, True, "", (), 0.0, "")

    assert equipment.leg(SID, grant()) is leg
    assert equipment.leg("CA" + "0" * 32, grant()) is None and equipment.leg(SID, None) is None
    assert equipment.leg(SID, grant(identity="bob")) is equipment.leg(SID, grant(account="AC0")) is None
