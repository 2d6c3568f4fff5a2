from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hoyhoy.store.folder import LOCK_FILE, DataFolder, FolderInUse, FolderUnusable, claim

HOLD = (
    "import sys; from pathlib import Path; from hoyhoy.store.folder import DataFolder; "
    "folder = DataFolder(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
)


def test_it_is_made_and_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "data"
    folder = DataFolder(path)
    assert path.stat().st_mode & 0o777 == 0o700
    assert folder.private_file("hoyhoy.db").stat().st_mode & 0o777 == 0o600
    folder.close()


def test_an_open_folder_is_closed_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    DataFolder(tmp_path).close()
    assert tmp_path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "own",
    [
        "tls",
        "trust",
        ".tls-x1",
        "start.lock",
        "serve.log",
        "signup.log",
        "run.json",
        ".run-x1",
        "hoyhoy.db",
        "hoyhoy.db-wal",
        "vault.key",
        "lock",
    ],
)
def test_what_hoyhoy_left_there_is_no_other_thing(tmp_path: Path, own: str) -> None:
    (tmp_path / own).write_text("")
    tmp_path.chmod(0o755)
    claim(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("")
    tmp_path.chmod(0o755)
    with pytest.raises(FolderUnusable, match="a folder of its own"):
        DataFolder(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert [file.name for file in tmp_path.iterdir()] == ["letters"]
    tmp_path.chmod(0o700)
    DataFolder(tmp_path).close()
    tmp_path.chmod(0o755)
    DataFolder(tmp_path).close()
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with pytest.raises(FolderInUse, match=f"in use by process {os.getpid()}"):
        DataFolder(tmp_path)
    folder.close()
    DataFolder(tmp_path).close()


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        with pytest.raises(FolderInUse) as caught:
            DataFolder(tmp_path)
        assert caught.value.pid == holder.pid
        holder.kill()
        holder.wait()
    DataFolder(tmp_path).close()


def test_a_holder_without_a_name(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    (tmp_path / LOCK_FILE).write_text("")
    with pytest.raises(FolderInUse, match="another process"):
        DataFolder(tmp_path)
    folder.close()


def test_places_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable, match="cannot keep anything"):
        DataFolder(tmp_path / "file")
    with pytest.raises(FolderUnusable):
        DataFolder(tmp_path / "file" / "data")
    folder = DataFolder(tmp_path)
    (tmp_path / "hoyhoy.db").mkdir()
    with pytest.raises(FolderUnusable, match="cannot write"):
        folder.private_file("hoyhoy.db")
    folder.close()
