"""Resources are found by listing the folders."""

from hoyhoy.rest import resources, tables


def test_every_resource_is_found_once():
    found = resources()
    assert {"Account", "Call", "IncomingPhoneNumber", "Message", "Notification"} <= {kind.__name__ for kind in found}
    assert len({kind.__name__ for kind in found}) == len(found)


def test_there_is_one_table_of_each_name():
    names = [table.name for table in tables()]
    assert len(set(names)) == len(names)
    assert set(names) == {kind.table_name for kind in resources() if kind.table_name}
    calls = next(table for table in tables() if table.name == "calls")
    assert {"status", "answer_time", "callback_sequence"} <= {column.name for column in calls.columns}
