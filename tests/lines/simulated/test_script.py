import msgspec
import pytest

from hoyhoy.lines.simulated.script import Answering, Behaviour, Step


def test_a_behaviour_is_plain_json():
    body = b'{"answering": "voicemail", "answer_after": 3, "script": [{"hear": "code", "press": "1#"}]}'
    behaviour = msgspec.json.decode(body, type=Behaviour)
    assert behaviour == Behaviour(
        answering=Answering.VOICEMAIL, answer_after=3, script=(Step(hear="code", press="1#"),)
    )
    assert msgspec.json.decode(msgspec.json.encode(behaviour), type=Behaviour) == behaviour


@pytest.mark.parametrize("body", [b'{"answering": "maybe"}', b'{"answr": "busy"}', b'{"script": [{"dance": 1}]}'])
def test_a_misspelt_one_is_refused(body):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=Behaviour)
