from hoyhoy.wire.sip.message import Response
from hoyhoy.wire.sip.repetition import Repetition
from hoyhoy.wire.sip.transaction import T2


def waits(repetition):
    return list(iter(repetition.again, None))


def test_a_2xx_until_its_ack():  # RFC 3261 13.3.1.4
    seconds = waits(Repetition(Response(200), most=T2))
    assert seconds == [0.5, 1, 2, 4, 4, 4, 4, 4, 4, 4, 0.5]
    assert sum(seconds) == 32


def test_a_reliable_provisional_response_until_its_prack():  # RFC 3262 3
    assert waits(Repetition(Response(180))) == [0.5, 1, 2, 4, 8, 16, 0.5]
