"""What `hoyhoy doctor` says of sound and telephones (issue: operation)."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator

import pytest

from hoyhoy.intercept.doctor import Finding, Verdict
from hoyhoy.terminal import doctor as module
from hoyhoy.terminal.doctor import addresses, telephony


def said(findings: list[Finding], words: str) -> Finding:
    for finding in findings:
        assert finding.sentence.endswith(".") and bool(finding.mend) is (finding.verdict is not Verdict.OK), finding
    return next(finding for finding in findings if words in finding.sentence)


def test_each_thing_is_told_once() -> None:
    findings = telephony(is_running=True)
    for words in ("spoken by|No voice", "MP3", "Packets|one by one", "files may be open", "late", "address|reach"):
        assert sum(any(word in one.sentence for word in words.split("|")) for one in findings) >= 1, words
    assert not any("Ports" in one.sentence or "ports of SIP" in one.sentence for one in findings)


def test_without_a_voice_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.espeak_library, "find", lambda: None)
    found = said(telephony(is_running=True), "No voice")
    assert found.verdict is Verdict.WARN and "hoyhoy[speech]" in found.mend


@pytest.fixture
def busy_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
        monkeypatch.setattr(module, "SIP_PORT", port)
        yield port


def test_a_port_that_another_program_holds_is_named(busy_port: int) -> None:
    found = said(telephony(is_running=False), "held by another program")
    assert f"UDP {busy_port}" in found.sentence and "--sip-port" in found.mend


@pytest.mark.parametrize(("late", "verdict"), [(0.0001, Verdict.OK), (0.03, Verdict.WARN)])
def test_a_machine_that_is_not_punctual_is_told_so(
    monkeypatch: pytest.MonkeyPatch, late: float, verdict: Verdict
) -> None:
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    times = itertools.chain([0.0], (x for tick in range(1, 26) for x in (tick * 0.02 - 0.01, tick * 0.02 + late)))
    found = said(telephony(is_running=True, now=lambda: next(times)), "late")
    assert found.verdict is verdict and f"{late * 1000:.0f}" in found.sentence


def test_a_check_that_breaks_does_not_break_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(module.espeak_library, "find", broken)
    findings = telephony(is_running=True)
    assert said(findings, "could not be made").verdict is Verdict.WARN and said(findings, "MP3")


def test_loopback_is_no_address_for_others() -> None:
    assert not any(one.startswith("127.") for one in addresses())
