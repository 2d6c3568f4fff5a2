"""A resource is declared once: one class is the row, the wire format and the parameter check.

    class Queue(Resource):
        \"\"\"Lines of waiting callers.\"\"\"
        path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Queues", "QU", "queues"

        friendly_name: str = text(64, on=BOTH, required=20001)
        max_size: int = integer(default=1000, between=(1, 5000), on=BOTH)
        current_size: int = computed()

        def show_current_size(self, ctx: Context) -> int: ...
        async def on_delete(self, ctx: Context) -> None: ...

Special behaviour goes, in this order of preference, into a hook (`on_create`, `on_update`,
`on_delete`), a `show_<name>`, `where` or `find`, or a `routes` of its own.

A *live* resource (call, message) is written by the exchange: its `on_create` gives an order to the
switchboard and returns the row that came back; its `on_update` gives orders, and the row is read
again. Every other resource is written here.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self, dataclass_transform

from hoyhoy.exchange.chance import new_sid
from hoyhoy.exchange.events import ResourceChanged
from hoyhoy.exchange.ports import Column, Row, Table
from hoyhoy.wire.sid import is_sid

from .conventions import V2010, Style
from .filters import Condition, narrowest
from .paging import DEFAULT_SIZE, Turn
from .properties import (
    ALL,
    CREATE,
    Property,
    boolean,
    choice,
    computed,
    constant,
    http_method,
    integer,
    moment,
    text,
    web_url,
    words,
)
from .request import Answer, Context

Shape = Callable[[Any, type[Style]], Any]
Show = Callable[[Any, Context], Any]
Act = Callable[[Context], Awaitable[Answer]]


def _declare(cls: type[RootResource]) -> None:
    """Read the properties off a class body; the instances find the defaults as ordinary attributes."""
    properties = dict(cls.properties)
    for name, value in list(vars(cls).items()):
        if isinstance(value, Property):
            value.named(name)
            properties.pop(name, None)
            properties[name] = value
            setattr(cls, name, value.default)
    cls.properties = properties
    cls._renamed = tuple((prop.column, name) for name, prop in properties.items() if prop.column != name)
    cls._showing = tuple(
        (prop, prop.show if prop.has_shape else None, getattr(cls, f"show_{name}", None))
        for name, prop in properties.items()
        if prop.shown
    )
    cls.asked = {
        operation: tuple((name, prop.param, prop) for name, prop in properties.items() if operation in prop.on)
        for operation in ALL
    }
    if cls.takes:
        cls.asked[CREATE] = tuple(one for one in cls.asked[CREATE] if one[1] in cls.takes)
    if "key" in vars(cls) and "table_name" not in vars(cls):
        cls.table_name = cls.key
    if "element" not in vars(cls):
        cls.element = cls.__name__


@dataclass_transform(
    kw_only_default=True,
    field_specifiers=(text, integer, boolean, choice, http_method, web_url, moment, words, computed, constant),
)
class RootResource:
    """What no account owns, like accounts themselves. Everything else is a `Resource`."""

    path: ClassVar[str]
    """Of the collection; `{names}` are columns that narrow down the rows, the account first."""
    also: ClassVar[tuple[str, ...]] = ()
    """Further paths at which the same rows are found."""
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Columns of further indexes of its table, beside those for the list and its filters."""
    within: ClassVar[Mapping[str, str]] = {}
    """Path values that are sids of rows in other tables, which must exist: `{"call_sid": "calls"}`."""
    prefix: ClassVar[str]
    """The two letters of its sids; several kinds are written one after the other (`SMMM`)."""
    key: ClassVar[str]
    """Of the list in an answer; also the name of the table unless `table_name` says otherwise."""
    table_name: ClassVar[str] = ""
    """Several classes may show the same table; "" has no rows: `find`, `page` and `on_create` then make them."""
    element: ClassVar[str] = ""
    """In XML, when it is not the name of the class."""
    plural: ClassVar[str] = ""
    """Of its list in XML, when it is not the CamelCase of `key`."""
    product: ClassVar[str] = "api"
    style: ClassVar[type[Style]] = V2010
    offers: ClassVar[tuple[str, ...]] = ALL
    takes: ClassVar[tuple[str, ...]] = ()
    """The only parameters of creation, for a class that knows fewer than the one it inherits them from."""
    created_status: ClassVar[int] = 201
    updated_status: ClassVar[int] = 200
    live: ClassVar[bool] = False
    single: ClassVar[bool] = False
    """There is only one, at `path` itself; `find` is asked for it with the sid ""."""
    page_size: ClassVar[int] = DEFAULT_SIZE
    """How many rows a page of the list has when the query does not say."""
    has_address: ClassVar[bool] = True
    """Whether its representation says where it is and what lies below, in `uri` or `url`."""
    needs_token: ClassVar[bool] = False
    """Whether API keys, but for main ones, are kept out (messaging reference 3.2)."""
    rehearses: ClassVar[bool] = False
    """Whether test credentials may pretend to create one (messaging reference 1.15)."""
    below: ClassVar[Mapping[str, str]] = {}
    """Collections under one row, as its links show them: `{"media": "Media"}`."""
    later: ClassVar[Mapping[str, str]] = {}
    """Properties and parameters of the official clients that are missing on purpose, and why."""

    properties: ClassVar[dict[str, Property]] = {}
    asked: ClassVar[dict[str, tuple[tuple[str, str, Property], ...]]] = {}
    """The parameters of each operation: names, parameters and properties, in order."""
    _showing: ClassVar[tuple[tuple[Property, Shape | None, Show | None], ...]] = ()
    _renamed: ClassVar[tuple[tuple[str, str], ...]] = ()

    sid: str = text()
    date_created: float = moment()
    date_updated: float = moment()

    def __init_subclass__(cls) -> None:
        _declare(cls)

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    # Rows ------------------------------------------------------------------------------------

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The resource of a row; a column that was never set means the default."""
        made = cls.__new__(cls)
        values = made.__dict__
        for column, value in row.items():
            if value is not None:
                values[column] = value
        for column, name in cls._renamed:
            if column in values:
                values[name] = values[column]
        return made

    @classmethod
    def kept(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values by property name as columns of the row."""
        properties = cls.properties
        return {
            properties[name].column: properties[name].keep(value)
            for name, value in values.items()
            if properties[name].is_stored
        }

    def kept_idle(self) -> dict[str, Any]:
        """As columns: the parameters that were given and that nothing acts on in this version."""
        return self.kept({name: value for name, value in vars(self).items() if self.properties[name].idle})

    @classmethod
    def table(cls) -> Table:
        """Its table, with an index for the list and for everything the list can be searched by."""
        stored = [prop for prop in cls.properties.values() if prop.is_stored and prop.name != "sid"]
        owner = ("account_sid",) if "account_sid" in cls.properties else ()
        indexes: list[tuple[str, ...]] = [owner] if owner else []
        indexes += [(*owner, prop.column) for prop in stored if prop.find in ("=", "range")]
        indexes += [(*owner, column) for column in cls.within if (*owner, column) not in indexes]
        indexes += cls.indexes
        columns = tuple(Column(prop.column, prop.column_kind, prop.secret) for prop in stored)
        return Table(cls.table_name, columns, tuple(indexes))

    @classmethod
    def where(cls, ctx: Context) -> list[Condition]:
        """The rows this request may see at all."""
        return [(column, "=", value) for column, value in ctx.scope.items()]

    @classmethod
    def ordered_by(cls, ctx: Context, wanted: Sequence[Condition]) -> str:
        """The column that orders the list, the highest value first; "" = by creation, the newest first."""
        return narrowest(wanted)

    @classmethod
    async def page(cls, ctx: Context, wanted: Sequence[Condition], turn: Turn) -> Sequence[Mapping[str, Any]]:
        """The rows of one page of the list, newest first, and one more when there are older ones.

        `wanted` are the conditions the query asks for. Rows must carry a falling `id`; who computes them may
        let `paging.cut` choose. Where there is a table, `turn.since` may ask for the rows at and above a place.
        """
        return await ctx.services.rows.page(
            cls.table_name,
            [*cls.where(ctx), *wanted],
            order=turn.order,
            before=turn.before,
            since=turn.since,
            at=turn.at,
            limit=turn.size + 1,
            offset=turn.offset,
        )

    @classmethod
    async def find(cls, ctx: Context, sid: str) -> dict[str, Any] | None:
        """The row that a path names, whoever's it is; the kit checks `sees` afterwards."""
        if not is_sid(sid, *(cls.prefix[i : i + 2] for i in range(0, len(cls.prefix), 2))):
            return None
        return await ctx.services.rows.fetch(cls.table_name, sid)

    @classmethod
    def sees(cls, ctx: Context, row: Mapping[str, Any]) -> bool:
        """Whether this request may touch this row."""
        return all(row.get(column) == value for column, value in ctx.scope.items())

    # Hooks -----------------------------------------------------------------------------------

    async def on_create(self, ctx: Context) -> Mapping[str, Any] | None:
        """Check and complete what was given; a live resource returns its row."""
        return None

    async def on_fetch(self, ctx: Context) -> Answer | None:
        """What a fetch answers instead of the representation, like the bytes of a file; None = the representation.

        `description.answers` says of it what that may be.
        """
        return None

    async def on_update(self, ctx: Context, changed: dict[str, Any]) -> None:
        """Check, complete or act upon `changed` (new values by property name); `self` still has the old ones.

        What is put into `changed` is written too, unless the resource is live.
        """

    async def on_delete(self, ctx: Context) -> None:
        """Refuse, or clean up."""

    @classmethod
    def routes(cls) -> Iterable[tuple[str, Mapping[str, Act]]]:
        """Paths of its own besides collection and instance, and what each HTTP method does there."""
        return ()

    # Writing ---------------------------------------------------------------------------------

    @classmethod
    def write(cls, ctx: Context, sid: str, change: str, values: Mapping[str, Any] | None, *, new: bool = False) -> None:
        """Write a row through the journal; `change` is created, updated or deleted. `values` are columns."""
        event = ResourceChanged(table=cls.table_name, change=change, names=tuple(values or ()))
        ctx.services.journal.record(sid, ctx.account.sid, event, (Row(cls.table_name, sid, values, new=new),))

    @classmethod
    def new_sid(cls, ctx: Context) -> str:
        return new_sid(ctx.services.chance, cls.prefix[:2])

    # Showing ---------------------------------------------------------------------------------

    @classmethod
    def columns(cls) -> list[str]:
        """The keys of each item of a list, in order."""
        names = [prop.column for prop, _, _ in cls._showing if not prop.alone and not prop.once]
        return [*names, *cls.style.address("", "", "", cls.below)] if cls.has_address else names

    async def shown(self, ctx: Context, *, alone: bool, fresh: bool = False) -> dict[str, Any]:
        """The representation; `alone` when it is not part of a list, `fresh` when it was just created."""
        body: dict[str, Any] = {}
        style = self.style
        values = self.__dict__
        for prop, shape, show in self._showing:
            if (prop.alone and not alone) or (prop.listed and alone) or (prop.once and not fresh):
                continue
            if show is None:
                value = values.get(prop.name, prop.default)
                body[prop.column] = value if shape is None or value is None else shape(value, style)
            else:
                value = show(self, ctx)
                body[prop.column] = await value if inspect.isawaitable(value) else value
        if self.has_address:
            body.update(style.address(ctx.base, self.address(ctx), ctx.suffix, self.below))
        return body

    def address(self, ctx: Context) -> str:
        """Its path without suffix, at the place where it was found."""
        return place(ctx) if self.single else f"{place(ctx)}/{self.sid}"


_declare(RootResource)


class Resource(RootResource):
    """Base of every resource that an account owns."""

    account_sid: str = text()


def place(ctx: Context) -> str:
    """The collection's path of this request."""
    return ctx.pattern.format(
        account_sid=ctx.account.sid, **{name: value for name, value in ctx.scope.items() if name != "account_sid"}
    )
