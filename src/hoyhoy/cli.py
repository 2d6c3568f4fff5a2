"""The command line. Each command reads its options and calls the part that does the work."""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from . import __version__
from .options import serving, settings_of
from .settings import PORT, PROXY_PORT, Unsafe, Unusable, WrongFile, data_folder, from_environment, from_file

_PORT = click.IntRange(0, 65535)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "HOYHOY", "max_content_width": 110}
)
@click.version_option(__version__, prog_name="hoyhoy")
@click.pass_context
def main(context: click.Context) -> None:
    """A telephone exchange you run yourself, programmable with Twilio's API."""
    options = [each for command in main.commands.values() for each in command.params if isinstance(each, click.Option)]
    try:
        chosen = from_file(Path.cwd(), options) | from_environment(os.environ, options)
    except WrongFile as error:
        raise click.ClickException(str(error)) from None
    context.default_map = dict.fromkeys(main.commands, chosen)


def _run(work: Callable[[], Any]) -> Any:
    """Run, turning the failures a person can mend into one sentence and exit code 1."""
    try:
        return work()
    except Exception as error:
        if sentence := _sentence(error):
            raise click.ClickException(sentence) from None
        raise


def _sentence(error: Exception) -> str:
    """What to tell a person; empty when it is a bug of ours. Imported here: most commands end well and soon."""
    from .lab.client import LabError
    from .lines.webrtc.registry import NotHad
    from .server import PortTaken
    from .store.folder import FolderInUse, FolderUnusable
    from .store.journal import NotStored
    from .store.migrations import WrongVersion
    from .store.rows import NotRead
    from .store.target import DatabaseUnusable
    from .store.vault import VaultClosed
    from .terminal.demo import StoryFailed
    from .testing.phones import NotHeard

    match error:
        case (
            Unsafe()
            | Unusable()
            | WrongFile()
            | PortTaken()
            | FolderInUse()
            | FolderUnusable()
            | DatabaseUnusable()
            | WrongVersion()
            | VaultClosed()
            | LabError()
            | NotHad()
            | StoryFailed()
            | NotHeard()
            | OSError()
        ):
            return str(error)
        case NotStored() | NotRead():
            return error.message
        case ModuleNotFoundError():
            return f"The Python package {error.name} is needed for this and not installed."
    return ""


@main.command()
@serving
@click.option("--quiet", is_flag=True, help="No live log.")
def serve(quiet: bool, **options: Any) -> None:
    """Run the exchange, with a live log of what happens."""
    from .terminal.serve import run_loop
    from .terminal.serve import serve as work

    _run(lambda: run_loop(work(settings_of(**options), quiet=quiet)))


@main.command()
@serving
def start(**options: Any) -> None:
    """Run the exchange and the example apps (make run)."""
    from .terminal.serve import run_loop
    from .terminal.start import start as work

    _run(lambda: run_loop(work(settings_of(**options))))


def _asking(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that talks to an exchange; it gets its address as `at`."""

    @click.option("--at", default="", metavar="URL", help="Where the exchange is; else the one of the data folder.")
    @click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder of the exchange.")
    @functools.wraps(command)
    def found(at: str, data: Path | None, **rest: Any) -> None:
        command(at=at or _place(data or data_folder()), **rest)

    return found


def _place(folder: Path) -> str:
    """Where the exchange of this folder answers; when none does, where one would be."""
    from .intercept.address import Keys, Stranger, ask

    if keys := Keys.read(folder):
        try:
            if (found := ask(keys.api)) and found.exchange == keys.exchange:
                return keys.api
        except Stranger:
            pass
    port = click.get_current_context().lookup_default("port")
    return f"http://127.0.0.1:{port or PORT}"


@main.command()
@click.argument("number")
@_asking
def phone(number: str, at: str) -> None:
    """Be the virtual phone NUMBER: it rings here, you answer and press keys."""
    from .lab.client import Lab
    from .terminal.phone import TerminalPhone

    _run(lambda: TerminalPhone(Lab(at), number).live(iter(sys.stdin)))


@main.command()
@click.argument("caller", metavar="FROM")
@click.argument("to")
@click.option("--press", default="", help="Keys to press once the call is answered; w waits half a second.")
@_asking
def call(caller: str, to: str, press: str, at: str) -> None:
    """Call TO with the virtual phone FROM and show what happens."""
    from .lab.client import Lab
    from .terminal.phone import place_call

    _run(lambda: place_call(Lab(at), caller, to, press, click.echo))


@main.command()
@click.argument("sender", metavar="FROM")
@click.argument("to")
@click.argument("text")
@_asking
def sms(sender: str, to: str, text: str, at: str) -> None:
    """Send TEXT to TO with the virtual phone FROM and show the answer."""
    from .lab.client import Lab
    from .terminal.phone import send_text

    _run(lambda: send_text(Lab(at), sender, to, text, click.echo))


_where = (
    click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder of the exchange."),
    click.option("--java", is_flag=True, help="Lead Java programs too (the JVM then prints a notice)."),
)


def _claimed(data: Path | None, failed: int = 1) -> Path:
    """The data folder, made and closed to others before anything is put into it; `failed` is the exit code when not."""
    from .store.folder import FolderUnusable, claim

    folder = data or data_folder()
    try:
        claim(folder)
    except FolderUnusable as error:
        click.ClickException(str(error)).show()
        sys.exit(failed)
    return folder


@main.command(context_settings={"ignore_unknown_options": True})
@_where[0]
@_where[1]
@click.option("--port", type=int, default=None, help="Port of the exchange, when one has to be started.")
@click.option("--proxy-port", type=int, default=None, help="Port that the program is redirected to, likewise.")
@click.option("--voice", default="", metavar="URL", help="Answer calls to the first number with this webhook.")
@click.option("--sms", default="", metavar="URL", help="Answer texts to the first number with this webhook.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(
    data: Path | None,
    java: bool,
    port: int | None,
    proxy_port: int | None,
    voice: str,
    sms: str,
    command: tuple[str, ...],
) -> None:
    """Run COMMAND, any program in any language, with its Twilio traffic led here.

    An exchange is started if none answers, and ends with the last program that needs it.
    """
    from .intercept.run import Options
    from .intercept.run import run as work

    options = Options(
        data=_claimed(data, failed=125), port=port, proxy_port=proxy_port, voice=voice, sms=sms, java=java
    )
    sys.exit(work(command, options))


@main.command()
@_where[0]
@_where[1]
def env(data: Path | None, java: bool) -> None:
    """Print the export lines that lead a shell's programs here:  eval "$(hoyhoy env)"."""
    from .intercept.run import env_lines

    for line in env_lines(_claimed(data), os.environ, java=java):
        click.echo(line)


@main.command()
@_where[0]
@click.option("--port", default=PORT, show_default=True, help="Port of the exchange.")
@click.option("--proxy-port", default=PROXY_PORT, show_default=True, help="Port that apps are redirected to.")
def doctor(data: Path | None, port: int, proxy_port: int) -> None:
    """Say what is wrong with this machine and how to mend it."""
    from .intercept.doctor import Patient
    from .intercept.doctor import doctor as examine
    from .intercept.run import is_taken
    from .terminal.doctor import telephony
    from .terminal.trust import Owner, browsers

    folder, proxy = data or data_folder(), f"http://127.0.0.1:{proxy_port}"
    findings = [
        *examine(Patient(data=folder, caller=os.environ, now=time.time(), port=port, proxy_port=proxy_port)),
        *browsers(Owner(data=folder, home=Path.home(), caller=os.environ, proxy=proxy)),
        *telephony(is_running=is_taken(port)),
    ]
    for finding in findings:
        click.echo(f"{click.style(f'{finding.verdict:<4}', fg=_VERDICTS.get(finding.verdict))} {finding.sentence}")
        if finding.mend:
            click.echo(f"     {finding.mend}")
    sys.exit(any(finding.verdict == "bad" for finding in findings))


@main.command()
@_where[0]
@click.option("--install", "does_install", is_flag=True, help="Make this machine's browsers trust the local authority.")
@click.option("--remove", "does_remove", is_flag=True, help="Take it out of them again.")
@click.option("--proxy-port", default=PROXY_PORT, show_default=True, help="Port that browsers are led to.")
def trust(data: Path | None, does_install: bool, does_remove: bool, proxy_port: int) -> None:
    """Lead the browsers of this machine here: where the authority and the PAC file are, and what to do with them."""
    from .intercept.nss import NoCertutil
    from .terminal import trust as work

    if does_install and does_remove:
        raise click.UsageError("--install and --remove are two wishes.")
    proxy = f"http://127.0.0.1:{proxy_port}"
    owner = work.Owner(data=_claimed(data).absolute(), home=Path.home(), caller=os.environ, proxy=proxy)
    try:
        if does_install or does_remove:
            is_done = work.install(owner, time.time, click.echo) if does_install else work.remove(owner, click.echo)
            sys.exit(not is_done)
        work.explain(owner, time.time, click.echo)
    except (NoCertutil, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None


@main.command()
@_where[0]
@click.option("--proxy-port", default=PROXY_PORT, show_default=True, help="Port of our own proxy.")
@click.argument("versions", nargs=-1, required=True, metavar="VERSION...")
def sdk(data: Path | None, proxy_port: int, versions: tuple[str, ...]) -> None:
    """Get JavaScript SDKs into the data folder, for pages to load: 2.18.5, or 1.14 for its latest."""
    from .terminal.sdk import have

    _run(lambda: have(versions, _claimed(data), f"http://127.0.0.1:{proxy_port}", click.echo))


_VERDICTS = {"ok": "green", "warn": "yellow", "bad": "red"}


@main.group()
def demo() -> None:
    """Stories that show the exchange at work."""


@demo.command()
@click.option("--real-time", is_flag=True, help="As long as it takes; else virtual time.")
@click.option("--press", default="", metavar="KEYS", help="Press these instead of the code that the page shows.")
@click.option(
    "--wav",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("signup.wav"),
    show_default=True,
    help="Where to put what the phone heard.",
)
def signup(real_time: bool, press: str, wav: Path) -> None:
    """A sign-up that is confirmed by telephone: app, call, code, keys, confirmation."""
    from .terminal.demo import signup as work

    _run(lambda: work(click.echo, real_time=real_time, press=press, wav=wav))


if __name__ == "__main__":
    main()
