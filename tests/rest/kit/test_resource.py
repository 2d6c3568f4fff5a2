from hoyhoy.exchange.ports import Column
from hoyhoy.rest.kit import BOTH, CREATE, Resource, boolean, computed, constant, integer, moment, text, words


class Thing(Resource):
    """Everything a class body can say."""

    path, prefix, key = "/2010-04-01/Accounts/{account_sid}/Things", "QUQX", "things"
    within = {"call_sid": "calls"}
    indexes = (("account_sid", "seen_at", "size"),)

    account_sid: str = text()
    from_: str = text(on=(CREATE,), find="=")
    call_sid: str = text()
    size: int = integer(default=3, on=BOTH)
    active: bool = boolean(default=True)
    seen_at: float = moment(find="range")
    pattern: str = text(find="like")
    tags: list[str] = words(on=BOTH)
    token: str = text(secret=True, shown=False)
    version: str = constant("2010-04-01")
    count: int = computed()


def test_a_property_said_again_moves_to_its_new_place():
    assert list(Thing.properties)[:5] == ["sid", "date_created", "date_updated", "account_sid", "from_"]


def test_instances_have_the_defaults():
    assert Thing().size == 3 and Thing(size=4).size == 4 and Thing().version == "2010-04-01"


def test_rows_in_and_out():
    thing = Thing.of({"id": 7, "sid": "QU1", "from": "me", "size": None, "active": False, "tags": '["a"]'})
    assert (thing.from_, thing.size, thing.active) == ("me", 3, False)
    assert Thing.kept({"from_": "me", "tags": ("a", "b"), "count": 1}) == {"from": "me", "tags": '["a", "b"]'}


def test_table():
    table = Thing.table()
    assert table.name == "things"
    assert {column.name for column in table.columns} == {
        "date_created",
        "date_updated",
        "account_sid",
        "from",
        "call_sid",
        "size",
        "active",
        "seen_at",
        "pattern",
        "tags",
        "token",
    }
    assert Column("size", "integer") in table.columns and Column("active", "boolean") in table.columns
    assert Column("seen_at", "real") in table.columns and Column("token", "text", secret=True) in table.columns
    assert table.indexes == (
        ("account_sid",),
        ("account_sid", "from"),
        ("account_sid", "seen_at"),
        ("account_sid", "call_sid"),
        ("account_sid", "seen_at", "size"),
    )


def test_parameters_by_operation():
    assert [name for name, _, _ in Thing.asked["create"]] == ["from_", "size", "tags"]
    assert [param for _, param, _ in Thing.asked["update"]] == ["Size", "Tags"]


def test_subclasses_leave_their_base_alone():
    class More(Thing):
        key = "mores"
        extra: str = text()

    assert "extra" not in Thing.properties and More.table_name == "mores" and More.element == "More"


async def test_what_has_no_address_and_what_only_lists_show():
    class Bare(Thing):
        has_address = False
        flags: list[str] = words(listed=True)
        secret: str = text(once=True)

    async def keys(**where):
        return [*(await Bare().shown(None, **where))]

    assert await keys(alone=False) == Bare.columns() and "uri" not in Bare.columns()
    assert "flags" in await keys(alone=False) and "flags" not in await keys(alone=True)
    assert "secret" in await keys(alone=True, fresh=True) and "secret" not in await keys(alone=True)
