"""Who is together: conferences and queues as they stand, and what was recorded of calls."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hoyhoy.exchange.call import Call
from hoyhoy.exchange.conference import Conference
from hoyhoy.exchange.facilities import Facilities
from hoyhoy.wire.errors import Fault

from .wires import Json, faults

MOST = 1000


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
        """Those that are not over."""
        return Json({"conferences": [_conference(one) for one in self._facilities.conferences.values()]})

    async def conference(self, request: Request) -> Response:
        """By sid or name."""
        name = request.path_params["name"]
        for one in self._facilities.conferences.values():
            if name in (one.sid, one.name):
                return Json(_conference(one))
        raise Fault(20404, f"There is no conference {name[:80]!r} now; it is there while somebody is in it.")

    async def queues(self, request: Request) -> Response:
        """Also those in which nobody waits."""
        return Json({"queues": [self._queue(row) for row in await self._rows("queues")]})

    async def queue(self, request: Request) -> Response:
        """By sid or name."""
        name = request.path_params["name"]
        column = "sid" if name.startswith("QU") and len(name) == 34 else "friendly_name"
        rows = await self._rows("queues", column, name)
        if not rows:
            raise Fault(20404, f"There is no queue {name[:80]!r}.")
        return Json(self._queue(rows[0]))

    async def recordings(self, request: Request) -> Response:
        """Of one `call` or one `conference`, or of all; the oldest first."""
        query = request.query_params
        if strange := set(query) - {"call", "conference"}:
            raise Fault(20001, f"Recordings are asked for by call or conference, not by {min(strange)[:40]!r}.")
        where = [(f"{name}_sid", "=", query[name]) for name in query]
        rows = await self._page("recordings", where)
        return Json({"recordings": [_recording(row) for row in reversed(rows) if row["status"] != "deleted"]})

    async def sound(self, request: Request) -> Response:
        """A WAV file, as soon as the recording is completed."""
        sid = request.path_params["sid"]
        tapes = self._facilities.tapes
        file = await tapes.read(sid)
        if file is None:
            raise Fault(20404, f"There is no sound of a recording {sid[:40]!r}: it is there once that is completed.")
        return Response(file, media_type="audio/wav")

    async def _rows(self, table: str, column: str = "", value: str = "") -> list[dict[str, Any]]:
        return await self._page(table, [(column, "=", value)] if column else [])

    async def _page(self, table: str, where: list[tuple[str, str, Any]]) -> list[dict[str, Any]]:
        rows = self._facilities.rows
        return await rows.page(table, where, limit=MOST) if rows else []

    def _queue(self, row: dict[str, Any]) -> dict[str, Any]:
        """The head first; `waited` in whole seconds of the exchange's clock."""
        queue = self._facilities.queues.get(row["sid"])
        waiting = [
            {"call": one.call.sid, "phone": far_end(one.call), "position": one.position, "waited": one.waited}
            for one in queue or ()
        ]
        return {"sid": row["sid"], "name": row["friendly_name"], "max_size": row["max_size"], "waiting": waiting}


def far_end(call: Call) -> str:
    """The number or address of who is on the call besides the exchange."""
    return call.caller if call.direction == "inbound" else call.called


def _conference(conference: Conference) -> dict[str, Any]:
    """Who is on his way in is among the `members` too: `status` tells."""
    return {
        "sid": conference.sid,
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
        "call": row["call_sid"],
        "conference": row["conference_sid"],
        "status": row["status"],
        "source": row["source"],
        "channels": row["channels"],
        "seconds": row["duration"],
    }
