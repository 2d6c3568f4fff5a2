"""The five operations every resource offers, or a subset: list, fetch, create, update, delete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hoyhoy.exchange.notices import notify
from hoyhoy.wire.errors import Fault, Level

from . import filters, paging
from .conventions import Listing
from .form import Form
from .properties import CREATE, DELETE, FETCH, LIST, UPDATE
from .request import Answer, Context
from .resource import Act, RootResource, place


def not_found(path: str) -> Fault:
    return Fault(20404, f"The requested resource {path} was not found")


def values_of(kind: type[RootResource], form: Form, operation: str) -> dict[str, Any]:
    """The parameters of `operation`, read and checked in the order of their declaration; unknown ones are ignored."""
    values: dict[str, Any] = {}
    for name, param, prop in kind.asked[operation]:
        given = form.get(param)
        if given is not None and (any(given) or operation == UPDATE):
            values[name] = prop.read(given)
        elif operation == CREATE and prop.required:
            raise Fault(prop.required) if prop.required != 20001 else prop.wrong("is required")
    return values


class Endpoint:
    """Serves one resource class."""

    def __init__(self, kind: type[RootResource]) -> None:
        self.kind = kind

    def routes(self) -> Iterator[tuple[str, Mapping[str, Act]]]:
        """Every path of the class and what the HTTP methods do there."""
        offers = self.kind.offers
        collection = {"GET": self.list} if LIST in offers else {}
        if CREATE in offers:
            collection["POST"] = self.create
        instance = {"GET": self.fetch} if FETCH in offers else {}
        if UPDATE in offers:
            instance["POST"] = self.update
        if DELETE in offers:
            instance["DELETE"] = self.delete
        for path in (self.kind.path, *self.kind.also):
            if self.kind.single:
                yield path, collection | instance
                continue
            if collection:
                yield path, collection
            if instance:
                yield path + "/{sid}", instance
        yield from self.kind.routes()

    async def create(self, ctx: Context) -> Answer:
        kind = self.kind
        await self._enter(ctx)
        made = kind(**values_of(kind, ctx.form, CREATE))
        row = await made.on_create(ctx)
        if row is None:
            made.sid = made.sid or kind.new_sid(ctx)
            for column, value in ctx.scope.items():
                made.__dict__.setdefault(column, value)
            made.date_created = made.date_updated = ctx.now
            stored = {name: getattr(made, name) for name, prop in kind.properties.items() if prop.is_stored}
            row = kind.kept(stored)
            del row["sid"]
            kind.write(ctx, made.sid, "created", row, new=True)
        else:
            made = kind.of(row)
        self._tell_idle(ctx, made, CREATE)
        await ctx.services.journal.settled()
        return Answer(kind.created_status, await made.shown(ctx, alone=True, fresh=True), kind.element)

    def _tell_idle(self, ctx: Context, subject: RootResource, operation: str) -> bool:
        """Nothing is silent: who asks for what this version only keeps, or only reads, is told so."""
        given, what = (ctx.query, "read") if operation == FETCH else (ctx.form, "kept")
        idle = [param for _, param, prop in self.kind.asked[operation] if prop.idle and any(given.get(param, ()))]
        if idle:
            notify(
                ctx.services.journal,
                ctx.services.chance,
                ctx.now,
                account=ctx.account.sid,
                subject=subject.sid or ctx.account.sid,
                code=20001,
                level=Level.WARNING,
                message=f"{', '.join(idle)}: {what}, but this version of hoyhoy does not act on it.",
            )
        return bool(idle)

    async def fetch(self, ctx: Context) -> Answer:
        ctx.asked = values_of(self.kind, ctx.query, FETCH)
        found = await self._found(ctx)
        if self._tell_idle(ctx, found, FETCH):
            await ctx.services.journal.settled()
        return await found.on_fetch(ctx) or await self._show(found, ctx)

    async def update(self, ctx: Context) -> Answer:
        async with ctx.services.turns(self.kind.table_name, ctx.sid or ctx.account.sid):
            return await self._update(ctx)

    async def _update(self, ctx: Context) -> Answer:
        kind, found = self.kind, await self._found(ctx)
        changed = values_of(kind, ctx.form, UPDATE)
        await found.on_update(ctx, changed)
        if kind.live:
            return await self._show(await self._found(ctx), ctx, kind.updated_status)
        if changed:
            changed["date_updated"] = ctx.now
            found.__dict__.update(changed)
            kind.write(ctx, found.sid, "updated", kind.kept(changed))
            self._tell_idle(ctx, found, UPDATE)
            await ctx.services.journal.settled()
        return await self._show(found, ctx, kind.updated_status)

    async def delete(self, ctx: Context) -> Answer:
        async with ctx.services.turns(self.kind.table_name, ctx.sid or ctx.account.sid):
            return await self._delete(ctx)

    async def _delete(self, ctx: Context) -> Answer:
        found = await self._found(ctx)
        await found.on_delete(ctx)
        self.kind.write(ctx, found.sid, "deleted", None)
        await ctx.services.journal.settled()
        return Answer(204)

    async def list(self, ctx: Context) -> Answer:
        kind = self.kind
        await self._enter(ctx)
        wanted, asked = filters.conditions(ctx.query, kind.properties.values())
        ctx.asked = values_of(kind, ctx.query, LIST)
        asked += [(param, one) for _, param, _ in kind.asked[LIST] for one in ctx.query.get(param, ()) if one]
        turn = paging.turn(ctx.query, kind.page_size, kind.ordered_by(ctx, wanted))
        found = await paging.read(lambda turn: kind.page(ctx, wanted, turn), turn, climbs=bool(kind.table_name))
        links = paging.links(found, place(ctx) + ctx.suffix, asked, kind.prefix[:2])
        items = [await kind.of(row).shown(ctx, alone=False) for row in found.rows]
        return Answer(
            200,
            Listing(
                kind.key,
                kind.element,
                items,
                turn.page,
                turn.size,
                links.here,
                links.first,
                links.next,
                links.previous,
                kind.style,
                ctx.base,
                kind.plural,
                kind.columns(),
            ),
        )

    async def _found(self, ctx: Context) -> RootResource:
        await self._enter(ctx)
        row = await self.kind.find(ctx, ctx.sid)
        if row is None or not self.kind.sees(ctx, row):
            raise not_found(ctx.path)
        return self.kind.of(row)

    async def _enter(self, ctx: Context) -> None:
        """Rows that the path leads through must exist and be the account's."""
        for column, table in self.kind.within.items():
            if column in ctx.scope:
                row = await ctx.services.rows.fetch(table, ctx.scope[column])
                if row is None or row.get("account_sid") != ctx.account.sid:
                    raise not_found(ctx.path)

    async def _show(self, one: RootResource, ctx: Context, status: int = 200) -> Answer:
        return Answer(status, await one.shown(ctx, alone=True), self.kind.element)
