"""`hoyhoy trust`, in homes that are nobody's (design 5)."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from hoyhoy.intercept import chromium, nss
from hoyhoy.intercept.address import Keys
from hoyhoy.intercept.doctor import Verdict
from hoyhoy.intercept.nss import NoCertutil
from hoyhoy.terminal import trust
from hoyhoy.terminal.trust import Owner, browsers, explain, install, remove

needs_certutil = pytest.mark.skipif(shutil.which("certutil") is None, reason=f"apt-get install {nss.PACKAGE}")


@pytest.fixture
def owner(tmp_path: Path) -> Owner:
    (tmp_path / "data").mkdir()
    profile = tmp_path / "me" / ".mozilla" / "firefox" / "a.default"
    profile.mkdir(parents=True)
    (profile.parent / "profiles.ini").write_text("[Profile0]\nPath=a.default\n")
    return Owner(data=tmp_path / "data", home=tmp_path / "me", caller={}, proxy="http://127.0.0.1:8943")


@needs_certutil
def test_it_says_where_everything_is_and_changes_nothing(owner: Owner) -> None:
    told: list[str] = []
    explain(owner, time.time, told.append)
    text = "\n".join(told)
    assert str(owner.data / "tls" / "ca.pem") in text and (owner.data / "tls" / "ca.pem").exists()
    assert (owner.data / trust.PAC_FILE).as_uri() in told[-5]
    assert "hoyhoy run -- chromium URL" in text and len(told) < 15
    assert told[-2:] == [
        f"  Chromium does not yet: {owner.home}/.pki/nssdb",
        f"  Firefox does not yet: {owner.home}/.mozilla/firefox/a.default",
    ]
    assert not (owner.home / ".pki").exists() and not list(owner.home.rglob("cert9.db"))


def test_the_command_is_ready_for_a_shell(owner: Owner) -> None:
    """Folders with blanks and quotes too; the PAC file is read into it, because Chromium takes no file: URL."""
    strange = Owner(data=owner.data / "it's a folder", home=owner.home, caller={}, proxy="http://127.0.0.1:18943")
    strange.data.mkdir()
    told: list[str] = []
    explain(strange, time.time, told.append)
    line = next(line for line in told if line.startswith("  chromium "))
    shell = f'chromium() {{ printf "%s\\0" "$@"; }}; {line}'
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)
    words = done.stdout.split("\0")[:-1]
    assert words[0] == f"--user-data-dir={strange.data / 'chromium'}" and words[-1] == "URL"
    pac_url = next(word for word in words if word.startswith(chromium.PAC_URL))
    assert pac_url.startswith("--proxy-pac-url=data:,function FindProxyForURL") and "127.0.0.1:18943" in pac_url
    assert len(words) == 7


def test_the_exchange_that_ran_last_says_where(owner: Owner) -> None:
    Keys("x", "http://127.0.0.1:1", "http://127.0.0.1:2", "AC9", "t").write(owner.data)
    assert '"PROXY 127.0.0.1:2"' in owner.write_pac().read_text()


@needs_certutil
def test_installed_and_removed_as_often_as_one_likes(owner: Owner) -> None:
    told: list[str] = []
    for _ in range(2):
        assert install(owner, time.time, told.append)
    databases = [each.folder for each in owner.databases()]
    assert all(nss.is_installed(folder, owner.data / "tls" / "ca.pem") for folder in databases)
    assert told[:2] == [
        f"Chromium trusts the authority now: {databases[0]}",
        f"Firefox trusts the authority now: {databases[1]}",
    ]
    assert told[3] == f"Chromium trusts it already: {databases[0]}"
    told.clear()
    for _ in range(2):
        assert remove(owner, told.append)
    name = nss.nickname(owner.data / "tls" / "ca.pem")
    assert told[0] == f"Chromium has lost {name}: {databases[0]}"
    assert told[3] == f"Chromium has lost nothing, it had none: {databases[0]}"


@needs_certutil
def test_one_that_refuses_is_named_and_the_others_are_done(owner: Owner) -> None:
    broken = owner.home / ".pki" / "nssdb"
    broken.mkdir(parents=True)
    (broken / "cert9.db").write_text("a letter")
    told: list[str] = []
    assert not install(owner, time.time, told.append)
    assert told[0].startswith("Chromium keeps what it had (") and told[1].startswith("Firefox trusts the authority now")
    explain(owner, time.time, told.append)
    assert any(line.startswith("  Chromium cannot (") for line in told)
    assert [finding.verdict for finding in browsers(owner)][:1] == [Verdict.WARN]


def test_without_certutil(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    (owner.home / ".pki" / "nssdb").mkdir(parents=True)
    (owner.home / ".pki" / "nssdb" / "cert9.db").touch()
    monkeypatch.setenv("PATH", str(owner.home))
    told: list[str] = []
    explain(owner, time.time, told.append)
    assert f"  Chromium needs certutil for that (apt install {nss.PACKAGE}): {owner.home}/.pki/nssdb" in told
    with pytest.raises(NoCertutil):
        install(owner, time.time, told.append)
    assert nss.PACKAGE in next(browsers(owner)).sentence


@needs_certutil
def test_what_the_doctor_says(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (finding,) = browsers(owner)
    assert finding.sentence.startswith("No browser of every day trusts") and finding.verdict is Verdict.OK
    install(owner, time.time, lambda line: None)
    (finding,) = browsers(owner)
    assert finding.sentence.startswith("Chromium and Firefox of every day can be led here")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "--no-sandbox" in list(browsers(owner))[1].sentence
    assert all(each.sentence.endswith(".") and not each.mend for each in browsers(owner))
