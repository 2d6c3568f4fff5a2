from hoyhoy.wire.turn import credentials


def test_credentials():  # messaging 3.6; the password is what `openssl dgst -sha1 -hmac` makes of it
    assert credentials("north", "AC1", 1_767_225_600) == ("1767225600:AC1", "7GSCUVg2kO2+Qu5qPAQhe2ZKdFA=")
