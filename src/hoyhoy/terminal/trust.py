"""`hoyhoy trust`: how the browsers of this machine find the exchange and come to trust it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hoyhoy.intercept import chromium, nss, pac
from hoyhoy.intercept.address import Keys
from hoyhoy.intercept.authority import Authority
from hoyhoy.intercept.doctor import Finding, Verdict
from hoyhoy.intercept.nss import Database, NoCertutil, NotWritten

PAC_FILE = "twilio.pac"
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose browsers: the home they are in, the environment, and the data folder of the exchange.

    `proxy` is where an exchange of that folder would listen when none has run yet.
    """

    data: Path
    home: Path
    caller: Mapping[str, str]
    proxy: str

    def authority(self, now: Callable[[], float]) -> Path:
        """The root certificate's file, made when there is none. `now` tells Unix seconds."""
        return Authority.open(self.data, now).path

    def databases(self) -> list[Database]:
        return nss.databases(self.home, self.caller)

    def write_pac(self) -> Path:
        """The PAC file, for the exchange that runs or ran last."""
        keys = Keys.read(self.data)
        path = self.data / PAC_FILE
        path.write_text(pac.script_for((keys.proxy if keys else "") or self.proxy, self.caller))
        return path


def explain(owner: Owner, now: Callable[[], float], tell: Tell) -> None:
    """Say where everything is and how to use it; the only thing written is the PAC file."""
    ca, file = owner.authority(now), owner.write_pac()
    tell(f"The authority, which vouches for twilio.com and this machine only: {ca}")
    tell(f"The PAC file, which leads twilio.com and what is under it to the exchange: {file}")
    tell("")
    tell("Chromium, with nothing installed and a profile of its own: hoyhoy run -- chromium URL")
    tell("or, beside an exchange that runs:")
    tell(f"  {_command(owner, ca, file)}")
    tell("Firefox, in Settings, Network Settings, Automatic proxy configuration URL:")
    tell(f"  {file.as_uri()}")
    tell("")
    tell("hoyhoy trust --install makes the browsers of every day trust the authority, --remove undoes it:")
    for database in owner.databases():
        tell(f"  {database.browser} {_state(database, ca)}: {database.folder}")


def _command(owner: Owner, ca: Path, file: Path) -> str:
    """For a shell, which reads the PAC file into it."""
    profile = chromium.profile_for("chromium", owner.data, owner.home, owner.caller.get("PATH"))
    words = [
        f'"{word}data:,$(cat {shlex.quote(str(file))})"' if word == chromium.PAC_URL else shlex.quote(word)
        for word in chromium.options("", ca, profile)
    ]
    return " ".join(["chromium", *words, "URL"])


def install(owner: Owner, now: Callable[[], float], tell: Tell) -> bool:
    """Put the authority into every browser's database; whether all of them have it now. NoCertutil."""
    ca = owner.authority(now)
    return _each(
        owner, tell, lambda folder: "trusts the authority now" if nss.install(folder, ca) else "trusts it already"
    )


def remove(owner: Owner, tell: Tell) -> bool:
    """Take every authority of hoyhoy's out again; whether none is left. NoCertutil."""
    return _each(owner, tell, lambda folder: f"has lost {_listed(nss.remove(folder))}")


def browsers(owner: Owner) -> Iterator[Finding]:
    """What `hoyhoy doctor` has to say about browsers."""
    ca = owner.data / "tls" / "ca.pem"
    try:
        trusting = {each.browser for each in owner.databases() if ca.exists() and nss.is_installed(each.folder, ca)}
    except NoCertutil:
        yield Finding(
            Verdict.OK,
            "Everyday browsers cannot be made to trust the local authority without certutil "
            f"(apt install {nss.PACKAGE}); `hoyhoy run -- chromium URL` needs nothing.",
        )
    except (NotWritten, OSError, ValueError) as error:
        yield Finding(Verdict.WARN, f"A browser's database cannot be read: {error}.", "See: hoyhoy trust")
    else:
        yield Finding(
            Verdict.OK,
            f"{' and '.join(sorted(trusting))} of every day can be led here (hoyhoy trust)."
            if trusting
            else "No browser of every day trusts the local authority (hoyhoy trust); `hoyhoy run -- chromium` does.",
        )
    if os.geteuid() == 0:
        yield Finding(
            Verdict.OK,
            "Chromium refuses to be started by root, which you are, unless told --no-sandbox: better be somebody else.",
        )


def _each(owner: Owner, tell: Tell, act: Callable[[Path], str]) -> bool:
    is_done = True
    for database in owner.databases():
        try:
            outcome = act(database.folder)
        except NotWritten as error:
            is_done, outcome = False, f"keeps what it had ({error})"
        tell(f"{database.browser} {outcome}: {database.folder}")
    tell("A browser that is open notices when it is started again.")
    return is_done


def _state(database: Database, ca: Path) -> str:
    try:
        return "does already" if nss.is_installed(database.folder, ca) else "does not yet"
    except NoCertutil:
        return f"needs certutil for that (apt install {nss.PACKAGE})"
    except NotWritten as error:
        return f"cannot ({error})"


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "nothing, it had none"
