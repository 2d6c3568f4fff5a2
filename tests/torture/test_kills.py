"""Many more kills and power failures than `make test` has time for (design 2; bad-inputs, crash and fault tests)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import cuts, kills
from tests.journeys.processes import App, Exchanges
from tests.journeys.processes import exchanges as ending

pytestmark = pytest.mark.torture

exchanges = pytest.fixture(ending)


@pytest.fixture
def app() -> Iterator[App]:
    with App() as running:
        yield running


@pytest.mark.parametrize("seed", range(1, 6))
def test_fifty_kills_under_load(exchanges: Exchanges, app: App, tmp_path: Path, seed: int) -> None:
    """Ten at a time, so that each ledger is held against fresh memories of what happened."""
    kills.run(exchanges, tmp_path / "data", app, seed, kills=10, most=80)


def test_ten_stops_under_load(exchanges: Exchanges, app: App, tmp_path: Path) -> None:
    """SIGTERM keeps the same promises, says nothing of accidents, and ends with 0 each time."""
    codes: list[int] = []
    kills.run(exchanges, tmp_path / "data", app, seed=6, kills=10, end=lambda served: codes.append(served.stop()))
    assert set(codes) <= {0, -15}, "-15 where the signal came before it could be heard"


@pytest.mark.timeout(900)
def test_a_log_cut_at_forty_places(exchanges: Exchanges, tmp_path: Path) -> None:
    cuts.cut_log(exchanges, tmp_path, random.Random(7), cuts=40)


@pytest.mark.parametrize("moment", ["lock", "vault.key", "hoyhoy.db", "hoyhoy.db-wal", "tls", "tls/ca.pem", "run.json"])
def test_a_first_start_killed_at_every_file(exchanges: Exchanges, tmp_path: Path, moment: str) -> None:
    for turn in range(3):
        data = tmp_path / f"data-{turn}"
        cuts.kill_at_first_start(exchanges, data, moment)
        served = exchanges.serve(data)
        cuts.works(served)
        assert len(served.api("GET", "/IncomingPhoneNumbers.json").json["incoming_phone_numbers"]) == 3
        assert served.stop() == 0
        assert "Traceback" not in served.said()
