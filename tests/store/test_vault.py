from __future__ import annotations

from pathlib import Path

import pytest

from hoyhoy.store.vault import KEY_FILE, Vault, VaultClosed

SECRETS = {"accounts": frozenset({"auth_token"})}


def test_a_secret_comes_back(tmp_path: Path) -> None:
    sealed = Vault.open(tmp_path, SECRETS, fresh=True).seal("tokén", "accounts", "AC1", "auth_token")
    assert "tok" not in sealed
    assert Vault.open(tmp_path, SECRETS, fresh=False).reveal(sealed, "accounts", "AC1", "auth_token") == "tokén"


def test_the_key_is_the_owners_alone(tmp_path: Path) -> None:
    Vault.open(tmp_path, SECRETS, fresh=True)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]


def test_the_same_secret_never_looks_the_same(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path, SECRETS, fresh=True)
    assert vault.seal("a", "accounts", "AC1", "auth_token") != vault.seal("a", "accounts", "AC1", "auth_token")


@pytest.mark.parametrize(
    "place", [("keys", "AC1", "auth_token"), ("accounts", "AC2", "auth_token"), ("accounts", "AC1", "friendly_name")]
)
def test_a_secret_opens_only_in_its_place(tmp_path: Path, place: tuple[str, str, str]) -> None:
    vault = Vault.open(tmp_path, SECRETS, fresh=True)
    sealed = vault.seal("token", "accounts", "AC1", "auth_token")
    with pytest.raises(VaultClosed, match=place[1]):
        vault.reveal(sealed, *place)


@pytest.mark.parametrize("damaged", ["", "token", "v1:", "v1:!!!", "v1:AAAA", "v1:" + "A" * 64])
def test_what_was_not_sealed_does_not_open(tmp_path: Path, damaged: str) -> None:
    with pytest.raises(VaultClosed):
        Vault.open(tmp_path, SECRETS, fresh=True).reveal(damaged, "accounts", "AC1", "auth_token")


def test_a_lost_key_is_said_and_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(VaultClosed, match="is missing"):
        Vault.open(tmp_path, SECRETS, fresh=False)
    assert not list(tmp_path.iterdir())


def test_a_damaged_key_is_said(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(VaultClosed, match="this file 5"):
        Vault.open(tmp_path, SECRETS, fresh=False)


def test_rows_are_sealed_and_revealed_where_they_have_secrets(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path, SECRETS, fresh=True)
    row = {"sid": "AC1", "auth_token": "token", "status": "active"}
    vault.seal_row("accounts", "AC1", row)
    assert row["auth_token"] != "token" and row["status"] == "active"
    assert vault.reveal_row("accounts", row) == {"sid": "AC1", "auth_token": "token", "status": "active"}
    unset: dict[str, object] = {"sid": "AC1", "auth_token": None}
    vault.seal_row("accounts", "AC1", unset)
    assert vault.reveal_row("accounts", unset)["auth_token"] is None
    vault.seal_row("calls", "CA1", row)
    assert row["auth_token"] == "token"
