"""Connection policies and their targets (voice reference 10.1)."""

import asyncio

import pytest

from tests.rest.sip import fill, make, refusal
from tests.rest.world import ACCOUNT, SHARED

POLICIES = "/voice/v1/ConnectionPolicies"


async def make_policy(exchange):
    return f"{POLICIES}/{(await make(exchange, POLICIES, FriendlyName='Carrier'))['sid']}"


async def make_target(exchange):
    targets = f"{await make_policy(exchange)}/Targets"
    return f"{targets}/{(await make(exchange, targets, Target='sip:carrier.example.com'))['sid']}"


SPECIMENS = {"ConnectionPolicy": make_policy, "ConnectionPolicyTarget": make_target}


@SHARED
@pytest.mark.works("ConnectionPolicy.create", "FriendlyName")
async def test_a_policy(shared):  # Appendix B
    made = await make(shared, POLICIES, FriendlyName="Carrier")
    here = f"http://localhost:8980{POLICIES}/{made['sid']}"
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "friendly_name": "Carrier",
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": here,
        "links": {"targets": here + "/Targets"},
    }
    assert made["sid"].startswith("NY")


@SHARED
@pytest.mark.works(
    "ConnectionPolicyTarget.create", "FriendlyName", "Priority", "Weight", "Enabled", Target="sip:other.example.com"
)
async def test_a_target(shared):  # Appendix B
    policy = await make_policy(shared)
    form = {"FriendlyName": "One", "Priority": "1", "Weight": "20", "Enabled": "false"}
    made = await make(shared, policy + "/Targets", Target=" sip:carrier.example.com:5070", **form)
    assert made == {
        "sid": made["sid"],
        "account_sid": ACCOUNT,
        "connection_policy_sid": policy.rpartition("/")[2],
        "friendly_name": "One",
        "target": "sip:carrier.example.com:5070",
        "priority": 1,
        "weight": 20,
        "enabled": False,
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:00Z",
        "url": f"http://localhost:8980{policy}/Targets/{made['sid']}",
    }
    assert made["sid"].startswith("NE")
    plain = await make(shared, policy + "/Targets", Target="sip:carrier.example.com")
    assert (plain["priority"], plain["weight"], plain["enabled"]) == (10, 10, True)


@SHARED
@pytest.mark.works("ConnectionPolicy.update", "FriendlyName")
@pytest.mark.works("ConnectionPolicyTarget.update", "FriendlyName", "Target", "Priority", "Weight", "Enabled")
async def test_with_the_official_client(shared):
    def work(client):
        policies = client.voice.v1.connection_policies
        policy = policies.create(friendly_name="Old")
        assert policies(policy.sid).update(friendly_name="New").friendly_name == "New"
        targets = policies(policy.sid).targets
        made = targets.create(target="sip:a.example.com")
        changed = targets(made.sid).update(
            target="sip:b.example.com", friendly_name="B", priority=2, weight=3, enabled=False
        )
        shown = (changed.target, changed.friendly_name, changed.priority, changed.weight, changed.enabled)
        assert shown == ("sip:b.example.com", "B", 2, 3, False)
        assert [one.sid for one in targets.list()] == [made.sid]
        assert policies(policy.sid).delete()
        return policy.sid

    policy = await shared.sdk(work)
    where = [("connection_policy_sid", "=", policy)]
    assert await shared.database.rows.page("connection_policy_targets", where) == []


@SHARED
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"Target": "http://carrier.example.com"},
        {"Target": "sip:"},
        {"Target": "sip:a.example.com", "Priority": "65536"},
        {"Target": "sip:a.example.com", "Weight": "0"},
        {"Target": "sip:a.example.com", "Enabled": "perhaps"},
        {"Target": "sip:a.example.com", "FriendlyName": "x" * 256},
    ],
)
async def test_refused_targets(shared, form):
    assert await refusal(shared, await make_policy(shared) + "/Targets", **form) == (400, 21253)


@SHARED
async def test_a_policy_in_use_stays(shared):
    policy = await make_policy(shared)
    assert await refusal(shared, policy, FriendlyName="x" * 256) == (400, 21251)
    trunk = await make(shared, "/voice/v1/ByocTrunks", ConnectionPolicySid=policy.rpartition("/")[2])
    assert await refusal(shared, policy, "DELETE") == (400, 21254)
    await shared.request("POST", f"/voice/v1/ByocTrunks/{trunk['sid']}", data={"ConnectionPolicySid": ""})
    assert (await shared.request("DELETE", policy)).status_code == 204


async def test_how_many_there_may_be(exchange):
    policy = await make_policy(exchange)
    fill(exchange, "connection_policies", 98, "NY")
    fill(exchange, "connection_policy_targets", 9, "NE", connection_policy_sid=policy.rpartition("/")[2])
    for path, form, code in (
        (POLICIES, {"FriendlyName": "One"}, 21255),
        (policy + "/Targets", {"Target": "sip:a.example.com"}, 21252),
    ):
        answers = await asyncio.gather(*(exchange.request("POST", path, data=form) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [201, 400]
        assert max(answers, key=lambda one: one.status_code).json()["code"] == code
