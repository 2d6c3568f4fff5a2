"""The command line reads options, variables and hoyhoy.toml (design 5); what commands do is tested where they do it."""

import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hoyhoy import __version__, cli
from hoyhoy.intercept.address import Keys
from hoyhoy.settings import PORT, Settings, Unsafe, data_folder
from hoyhoy.store.folder import DataFolder
from hoyhoy.testing.local import LocalExchange


@pytest.fixture
def served(monkeypatch):
    """The Settings that `hoyhoy serve` would have served."""
    seen: list[Settings] = []

    def read(**options):
        seen.append(cli_settings(**options))
        raise Unsafe("far enough")

    cli_settings = cli.settings_of
    monkeypatch.setattr(cli, "settings_of", read)
    return seen


def invoke(*arguments: str, **variables: str) -> click.testing.Result:
    return CliRunner().invoke(cli.main, arguments, env=variables, prog_name="hoyhoy")


def test_version_and_help():
    assert invoke("--version").output == f"hoyhoy, version {__version__}\n"
    shown = invoke("--help").output
    for command in ("serve", "start", "run", "env", "doctor", "trust", "phone", "call", "sms", "demo"):
        assert f"  {command} " in shown


def test_defaults(served):
    result = invoke("serve")
    assert (result.exit_code, result.output) == (1, "Error: far enough\n")
    assert served == [Settings(data=data_folder(), port=PORT)]


def test_options(served, tmp_path):
    invoke(
        "serve",
        "--data",
        str(tmp_path),
        "--port",
        "0",
        "--strict",
        "--no-lab",
        "--seed",
        "4",
        "--virtual-time",
        "--map",
        "https://a.example=http://localhost:5000",
        "--allow-network",
        "172.17.0.0/16",
        "--ice-server",
        "turn:turn.example:3478",
        "--turn-secret",
        "north",
    )
    assert served == [
        Settings(
            data=tmp_path,
            port=0,
            strict=True,
            lab=False,
            seed=4,
            virtual_time=True,
            maps=(("https://a.example", "http://localhost:5000"),),
            allow_networks=("172.17.0.0/16",),
            ice_servers=("turn:turn.example:3478",),
            turn_secret="north",
        )
    ]


def test_memory(served):
    invoke("serve", "--memory")
    assert served[0].data is None


def test_memory_takes_no_database():
    result = invoke("serve", "--memory", "--database", "postgresql://localhost/hoyhoy")
    assert result.exit_code == 2 and "--memory keeps nothing" in result.output


def test_variables_and_file(served, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("hoyhoy.toml").write_text('port = 9000\nproxy-port = 9001\ndata = "here"\n')
    invoke("serve", "--proxy-port", "9002", HOYHOY_STRICT="1")
    assert served == [Settings(data=Path("here"), port=9000, proxy_port=9002, strict=True)]


def test_a_map_that_is_none():
    result = invoke("serve", "--map", "nonsense")
    assert result.exit_code == 2 and "PUBLIC=LOCAL" in result.output


def test_a_server_for_browsers_that_is_none():
    result = invoke("serve", "--ice-server", "http://turn.example")
    assert result.exit_code == 2 and "turn:host:port" in result.output


def test_a_phone_without_exchange_says_what_to_do():
    result = invoke("sms", "+14155550123", "+14155550100", "Hi", "--at", "http://127.0.0.1:9")
    assert result.exit_code == 1 and "hoyhoy serve" in result.output


@pytest.fixture
def asked(monkeypatch):
    """Where `hoyhoy sms` would have sent its text."""
    seen: list[str] = []
    monkeypatch.setattr("hoyhoy.terminal.phone.send_text", lambda lab, *_: seen.append(lab.url))
    return seen


def test_a_text_goes_to_the_exchange_of_the_data_folder(asked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = ("sms", "+14155550123", "+14155550100", "Hi")
    with LocalExchange() as running:
        live = running.url
        invoke(*text, "--data", str(running.folder))
        invoke(*text, "--data", str(running.folder), "--at", "http://127.0.0.1:9")
        invoke(*text, HOYHOY_DATA=str(running.folder))
        left = Keys.read(running.folder)
    assert left
    left.write(tmp_path)  # of an exchange that has ended
    Path("hoyhoy.toml").write_text('port = 9000\ndata = "."\n')
    invoke(*text)
    invoke(*text, HOYHOY_PORT="9001")
    Path("hoyhoy.toml").unlink()
    invoke(*text, "--data", str(tmp_path))
    assert asked == [
        live,
        "http://127.0.0.1:9",
        live,
        "http://127.0.0.1:9000",
        "http://127.0.0.1:9001",
        f"http://127.0.0.1:{PORT}",
    ]


def test_env_prints_export_lines(tmp_path):
    result = invoke("env", "--data", str(tmp_path / "data"))
    assert result.exit_code == 0 and "export HTTPS_PROXY=" in result.output


def test_whoever_comes_first_makes_the_folder_private(tmp_path, monkeypatch):
    monkeypatch.setattr("hoyhoy.intercept.run.run", lambda command, options: 0)
    before = os.umask(0o022)
    try:
        for words in (["env"], ["run"]):
            fresh, there = tmp_path / f"{words[0]}-fresh", tmp_path / f"{words[0]}-there"
            there.mkdir(0o755)
            for data in (fresh, there):
                program = ["--", "true"] if words == ["run"] else []
                assert invoke(*words, "--data", str(data), *program).exit_code == 0
                assert data.stat().st_mode & 0o777 == 0o700
                DataFolder(data).close()  # and serve takes it
    finally:
        os.umask(before)


def test_a_folder_of_others_is_refused_before_anything_is_put_there(tmp_path):
    (tmp_path / "letters").write_text("")
    tmp_path.chmod(0o755)
    for words, code in ((["env"], 1), (["run"], 125)):
        result = invoke(*words, "--data", str(tmp_path), *(["--", "true"] if code == 125 else []))
        assert result.exit_code == code and "a folder of its own" in result.output
    assert [one.name for one in tmp_path.iterdir()] == ["letters"]


def test_doctor(tmp_path):
    result = invoke("doctor", "--data", str(tmp_path / "data"), "--port", "9", "--proxy-port", "10")
    assert "Python" in result.output and result.exit_code in (0, 1)


def test_trust(tmp_path):
    home, where = str(tmp_path / "me"), ("--data", str(tmp_path / "data"))
    shown = invoke("trust", *where, "--proxy-port", "18943", HOME=home)
    assert shown.exit_code == 0 and "twilio.pac" in shown.output and f"{home}/.pki/nssdb" in shown.output
    assert "127.0.0.1:18943" in (tmp_path / "data" / "twilio.pac").read_text()
    both = invoke("trust", *where, "--install", "--remove", HOME=home)
    assert both.exit_code == 2 and "two wishes" in both.output
    lacking = invoke("trust", *where, "--install", HOME=home, PATH=home)
    assert lacking.exit_code == 1 and "apt install libnss3-tools" in lacking.output
    assert not (tmp_path / "me").exists()


def test_run_gives_the_programs_exit_code(monkeypatch):
    seen = []
    monkeypatch.setattr("hoyhoy.intercept.run.run", lambda command, options: seen.append((command, options)) or 7)
    assert invoke("run", "--voice", "http://localhost:5000/voice", "--", "python", "-c", "pass").exit_code == 7
    command, options = seen[0]
    assert command == ("python", "-c", "pass") and options.voice == "http://localhost:5000/voice"
