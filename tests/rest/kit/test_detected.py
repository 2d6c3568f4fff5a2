"""What is to be found out about who answers (voice reference 5.4)."""

from __future__ import annotations

from dataclasses import dataclass

from hoyhoy.exchange.orders import Detect
from hoyhoy.rest.kit.detected import detect


@dataclass
class Asked:
    machine_detection: str | None = "Enable"
    machine_detection_timeout: int = 30
    machine_detection_speech_threshold: int = 2400
    machine_detection_speech_end_threshold: int = 1200
    machine_detection_silence_timeout: int = 5000


def test_what_is_asked_for() -> None:
    assert detect(Asked(), is_async=False, callback=None, method="POST") == Detect()
    asked = Asked("DetectMessageEnd", 9, 1500, 700, 3000)
    assert detect(asked, is_async=True, callback="http://app/amd", method="GET") == Detect(
        to_end=True,
        seconds=9,
        speech=1.5,
        pause=0.7,
        silence=3.0,
        is_async=True,
        callback="http://app/amd",
        method="GET",
    )


def test_where_the_call_waits_nobody_is_told_beside() -> None:
    told = detect(Asked(), is_async=False, callback="http://app/amd", method="POST", hangs_up=True)
    assert told == Detect(hangs_up=True)
