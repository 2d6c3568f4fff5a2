"""Resources are found by listing the folders."""

from hoyhoy.rest import resources, tables


def test_every_resource_is_found_once():
    found = resources()
    assert {"Account", "Call", "IncomingPhoneNumber", "Message", "Notification"} <= {kind.__name__ for kind in found}
    assert len({kind.path for kind in found}) == len(found)


def test_every_resource_has_a_table_of_its_own():
    names = [table.name for table in tables()]
    assert len(set(names)) == len(names) == len(resources())
    calls = next(table for table in tables() if table.name == "calls")
    assert {"status", "answer_time", "callback_sequence"} <= {column.name for column in calls.columns}
