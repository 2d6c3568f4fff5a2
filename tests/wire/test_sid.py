from hoyhoy.wire.sid import is_sid

SID = "CA" + "0123456789abcdef" * 2


def test_form():  # messaging 4.8
    assert is_sid(SID)
    assert is_sid(SID, "CA") and is_sid(SID, "SM", "CA")
    assert is_sid(SID.upper()), "the platform's patterns take upper-case digits"
    assert not is_sid(SID, "SM")


def test_refused():
    for text in ("", "CA", SID + "0", SID[:-1], SID[:-1] + "g", "ca" + SID[2:], SID + "\n", SID[:-1] + "٣"):
        assert not is_sid(text), text
