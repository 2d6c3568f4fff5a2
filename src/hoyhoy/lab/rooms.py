"""Who is together: conferences and queues as they stand, and what was recorded of calls."""

from __future__ import annotations

from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hoyhoy.exchange.call import Call
from hoyhoy.exchange.conference import Conference
from hoyhoy.exchange.facilities import Facilities
from hoyhoy.wire.errors import Fault

from .wires import Json, faults

T = TypeVar("T")

MOST = 1000
"""Of a list, the newest; it says so when there are more."""

OF = ("account", "call", "conference")


class RoomRoutes:
    """Everything under /lab/v1/conferences, /lab/v1/queues and /lab/v1/recordings, of all accounts."""

    def __init__(self, facilities: Facilities) -> None:
        self._facilities = facilities

    def routes(self) -> list[Route]:
        table = (
            ("/conferences", self.conferences),
            ("/conferences/{name:path}", self.conference),
            ("/queues", self.queues),
            ("/queues/{name:path}", self.queue),
            ("/recordings", self.recordings),
            ("/recordings/{sid}/sound", self.sound),
        )
        return [Route(path, faults(endpoint), methods=["GET"]) for path, endpoint in table]

    async def conferences(self, request: Request) -> Response:
        """Those that are not over, of an `account` or of all; the oldest first."""
        account = _asked(request, "account").get("account")
        found = [one for one in self._facilities.conferences.values() if account in (None, one.account)]
        return _listed("conferences", [_conference(one) for one in found[-MOST - 1 :]])

    async def conference(self, request: Request) -> Response:
        """By sid or name."""
        name, account = request.path_params["name"], _asked(request, "account").get("account")
        there = self._facilities.conferences
        known = [there[name]] if name in there else [one for one in there.values() if one.name == name]
        found = {one.account: one for one in known if account in (None, one.account)}
        if not found:
            raise Fault(20404, f"There is no conference {name[:80]!r} now; it is there while somebody is in it.")
        return Json(_conference(_only(found, "conferences", name)))

    async def queues(self, request: Request) -> Response:
        """Also those in which nobody waits, of an `account` or of all; the oldest first."""
        rows = await self._page("queues", _asked(request, "account"))
        return _listed("queues", [self._queue(row) for row in rows])

    async def queue(self, request: Request) -> Response:
        """By sid or name."""
        name = request.path_params["name"]
        column = "sid" if name.startswith("QU") and len(name) == 34 else "friendly_name"
        rows = await self._page("queues", {column: name, **_asked(request, "account")})
        if not rows:
            raise Fault(20404, f"There is no queue {name[:80]!r}.")
        return Json(self._queue(_only({row["account_sid"]: row for row in rows}, "queues", name)))

    async def recordings(self, request: Request) -> Response:
        """Of one `call`, one `conference` or one `account`, or of all; the oldest first."""
        rows = await self._page("recordings", _asked(request, "call", "conference", "account"))
        return _listed("recordings", [_recording(row) for row in rows if row["status"] != "deleted"])

    async def sound(self, request: Request) -> Response:
        """A WAV file, as soon as the recording is completed."""
        sid = request.path_params["sid"]
        tapes = self._facilities.tapes
        file = await tapes.read(sid)
        if file is None:
            raise Fault(20404, f"There is no sound of a recording {sid[:40]!r}: it is there once that is completed.")
        return Response(file, media_type="audio/wav")

    async def _page(self, table: str, given: dict[str, str]) -> list[dict[str, Any]]:
        """The newest, one more than are shown; the oldest of them first."""
        rows = self._facilities.rows
        where = [(f"{name}_sid" if name in OF else name, "=", value) for name, value in given.items()]
        return (await rows.page(table, where, limit=MOST + 1))[::-1] if rows else []

    def _queue(self, row: dict[str, Any]) -> dict[str, Any]:
        """The head first; `waited` in whole seconds of the exchange's clock."""
        queue = self._facilities.queues.get(row["sid"])
        waiting = [
            {"call": one.call.sid, "phone": far_end(one.call), "position": one.position, "waited": one.waited}
            for one in queue or ()
        ]
        return {
            "sid": row["sid"],
            "account": row["account_sid"],
            "name": row["friendly_name"],
            "max_size": row["max_size"],
            "waiting": waiting,
        }


def _asked(request: Request, *lawful: str) -> dict[str, str]:
    """What the query says. Fault 20001 for anything but the `lawful`."""
    given = dict(request.query_params)
    if strange := set(given) - set(lawful):
        raise Fault(20001, f"This is asked for by {' or '.join(lawful)}, not by {min(strange)[:40]!r}.")
    return given


def _listed(name: str, found: list[dict[str, Any]]) -> Response:
    return Json({name: found[-MOST:], "truncated": len(found) > MOST})


def _only(found: dict[str, T], what: str, name: str) -> T:
    """The one of this name. Fault 20001 when several accounts have one."""
    if len(found) > 1:
        accounts = ", ".join(sorted(found)[:5])
        raise Fault(20001, f"{len(found)} accounts have {what} named {name[:80]!r}: say ?account= ({accounts}).")
    return next(iter(found.values()))


def far_end(call: Call) -> str:
    """The number or address of who is on the call besides the exchange."""
    return call.caller if call.direction == "inbound" else call.called


def _conference(conference: Conference) -> dict[str, Any]:
    """Who is on his way in is among the `members` too: `status` tells."""
    return {
        "sid": conference.sid,
        "account": conference.account,
        "name": conference.name,
        "status": str(conference.status),
        "members": [
            {
                "call": one.call.sid,
                "phone": far_end(one.call),
                "label": one.label,
                "status": one.status,
                "muted": one.muted,
                "held": one.held,
                "coaches": one.coaches,
            }
            for one in conference.participants.values()
        ],
    }


def _recording(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "sid": row["sid"],
        "account": row["account_sid"],
        "call": row["call_sid"],
        "conference": row["conference_sid"],
        "status": row["status"],
        "source": row["source"],
        "channels": row["channels"],
        "seconds": row["duration"],
    }
