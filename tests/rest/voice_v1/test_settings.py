"""Whether a subaccount has the permissions of its main account (voice reference 10.1)."""

import pytest

from tests.rest.world import SUB, SUB_TOKEN

SETTINGS = "/voice/v1/Settings"


async def make_specimen(exchange):
    return SETTINGS


SPECIMENS = {"VoiceSettings": make_specimen}


@pytest.mark.works("VoiceSettings.update", "DialingPermissionsInheritance")
async def test_with_the_official_client(exchange):
    def work(client):
        settings = client.voice.v1.dialing_permissions.settings()
        assert settings.fetch().dialing_permissions_inheritance is True
        assert settings.update(dialing_permissions_inheritance=False).dialing_permissions_inheritance is False
        assert settings.update().dialing_permissions_inheritance is False
        return settings.fetch().dialing_permissions_inheritance

    assert await exchange.sdk(work, SUB, SUB_TOKEN) is False
    assert await exchange.sdk(lambda client: client.voice.v1.dialing_permissions.settings().fetch()) is not None


async def test_representation(exchange):
    answer = await exchange.request("POST", SETTINGS, data={"DialingPermissionsInheritance": "false"})
    assert answer.status_code == 202  # Appendix A
    assert answer.json() == {"dialing_permissions_inheritance": False, "url": f"http://localhost:8980{SETTINGS}"}
    refused = await exchange.request("POST", SETTINGS, data={"DialingPermissionsInheritance": "perhaps"})
    assert refused.json()["code"] == 20001
