import dataclasses

from hoyhoy.exchange import events


def test_every_kind_is_known_by_its_name_and_frozen():
    kinds = events.Event.kinds
    assert kinds["CallCreated"] is events.CallCreated
    for name, kind in kinds.items():
        assert kind.__name__ == name
        assert kind.__dataclass_params__.frozen
        assert all(field.kw_only for field in dataclasses.fields(kind))
