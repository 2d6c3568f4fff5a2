"""What leads a number somewhere (voice reference 9)."""

import pytest

from hoyhoy.rest.kit import BOTH, CREATE, UPDATE
from hoyhoy.rest.kit.steering import steering_method, steering_url
from hoyhoy.wire.errors import Fault


def test_where_it_leads():
    url, method = steering_url(BOTH), steering_method((UPDATE,))
    assert (url.on, url.default, method.on, method.default) == ((CREATE, UPDATE), "", (UPDATE,), "POST")
    assert (url.read([" http://app/voice "]), url.read([""])) == ("http://app/voice", "")
    assert (method.read(["get"]), method.read([""])) == ("GET", "POST")


def test_refused():
    for prop, value, code in ((steering_url(BOTH), "app", 21402), (steering_method(BOTH), "PUT", 21403)):
        prop.named("voice_url")
        with pytest.raises(Fault) as refused:
            prop.read([value])
        assert refused.value.code == code
