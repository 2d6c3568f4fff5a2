"""What a run leaves out is said by name, with the reason, after the results; on CI nothing may be left out.

Skipped tests count, and so do files that skip themselves whole. Tests deselected by a marker are named too, with the
command that runs them, but are no fault: `make torture` is for another hour.
"""

from __future__ import annotations

import gc
import os

import pytest

_skipped = pytest.StashKey[list[tuple[str, str]]]()
_deselected = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_skipped] = []
    config.stash[_deselected] = []
    config.pluginmanager.register(Account(config), "left out")


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported stays: the collector need not look at it again and again, a tenth of what tests take."""
    gc.collect()
    gc.freeze()


class Account:
    """Keeps the list of what was left out, and speaks of it at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.skipped = config.stash[_skipped]
        self.deselected = config.stash[_deselected]
        self.strict = os.environ.get("CI", "").lower() not in ("", "0", "false")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.append((report.nodeid, _reason(report.longrepr)))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.skipped.append((report.nodeid, _reason(report.longrepr)))

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.deselected.extend(item.nodeid for item in items if item.get_closest_marker("torture"))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and self.strict and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped or self.deselected:
            terminalreporter.section("left out")
        for name, reason in self.skipped:
            terminalreporter.write_line(f"{name}: {reason}")
        for name in self.deselected:
            terminalreporter.write_line(f"{name}: a torture (make torture runs it)")
        if self.skipped and self.strict:
            terminalreporter.write_line("CI is set, so nothing may be left out: this run fails.", red=True)


def _reason(longrepr: object) -> str:
    return str(longrepr[2]).removeprefix("Skipped: ") if isinstance(longrepr, tuple) else str(longrepr)
