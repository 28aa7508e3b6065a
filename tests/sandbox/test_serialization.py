"""Data written and read again: equal, of the same kinds, shared where it was shared, and never code."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict, defaultdict, deque
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from factory.sandbox.serialization import UnreadableError, read, write
from factory.sandbox.servicecatalog.state import Placement, RecordStatus, State, TagOption


def again(value: Any) -> Any:
    """The value after it was a text."""
    left_out: list[str] = []
    text = json.dumps(write(value, left_out.append))
    assert left_out == []
    return read(json.loads(text))


VALUES: list[Any] = [
    None,
    True,
    1.5,
    "text",
    [1, [2, "three"]],
    {"plain": {"nested": []}},
    {"!": "not a mark", "same": 1},
    {("222222222222", "us-east-1", "vpc"): 1, 7: "number", None: ()},
    (1, ("two",)),
    {1, 2, "three"},
    frozenset({("a", "b")}),
    b"\x00\xff",
    bytearray(b"abc"),
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    Decimal("1.10"),
    OrderedDict([("b", 1), ("a", 2)]),
    RecordStatus.SUCCEEDED,
    Placement("port-1", "prod-1"),
    TagOption(id="tag-1", account="111111111111", key="k", value="v"),
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_what_is_read_is_what_was_written(value: Any) -> None:
    found = again(value)
    assert found == value
    assert type(found) is type(value)


def test_keys_and_members_keep_their_kinds() -> None:
    (key,) = again({Placement("port-1", "prod-1"): None})
    assert isinstance(key, Placement)


def test_containers_go_on_as_they_did() -> None:
    found = again({"items": defaultdict(dict, {"a": {"b": 1}}), "latest": deque([1, 2], maxlen=2)})
    found["items"]["new"]["c"] = 2
    found["latest"].append(3)
    assert found == {"items": {"a": {"b": 1}, "new": {"c": 2}}, "latest": deque([2, 3])}


def test_what_is_shared_stays_shared() -> None:
    tags = [{"Key": "Owner", "Value": "a"}]
    found = again({"first": {"tags": tags}, "second": {"tags": tags}})
    found["first"]["tags"][0]["Value"] = "b"
    assert found["second"] == {"tags": [{"Key": "Owner", "Value": "b"}]}


def test_what_contains_itself_does_so_again() -> None:
    loop: dict[str, Any] = {}
    loop["self"] = [loop]
    found = again(loop)
    assert found["self"][0] is found


def test_a_state_of_the_catalog() -> None:
    state = State()
    region = state.region("us-east-1")
    region.placements[Placement("port-1", "prod-1")] = "path"
    region.tag_options["tag-1"] = TagOption(id="tag-1", account="111111111111", key="k", value="v")
    assert again(state) == state


def test_sets_are_written_in_one_order() -> None:
    names = {f"name-{number}" for number in range(50)}
    assert write(names, str)["items"] == sorted(names)
    assert write(frozenset({(2, "b"), (1, "a")}), str)["items"][0]["items"] == [1, "a"]


def test_what_is_no_data_is_left_out_by_name() -> None:
    left_out: list[str] = []
    written = write({"tasks": [{"lock": threading.Lock(), "name": "a"}]}, left_out.append)
    assert read(written) == {"tasks": [{"lock": None, "name": "a"}]}
    assert left_out == ["tasks[0].lock: _thread.lock"]


@pytest.mark.parametrize(
    "document",
    [
        {"!": "os:system", "items": ["true"]},
        {"!": "state:subprocess", "fields": {}},
        {"!": "clients:Clients", "fields": {"endpoint": ""}},
        {"!": "servicecatalog.state:enum.Enum", "value": 1},
        {"!": "servicecatalog.state:TagOption", "fields": {"id": "tag-1", "colour": "red"}},
        {"!": "servicecatalog.state:RecordStatus", "value": "DONE"},
        {"!": "servicecatalog.state:Gone", "fields": {}},
        {"!": "eval", "items": []},
        {"!": "same", "number": 3},
        {"!": "decimal", "text": "one"},
        {"!": "bytes", "text": "abc"},
        {"!": 7},
    ],
    ids=str,
)
def test_nothing_else_is_made(document: Any) -> None:
    with pytest.raises(UnreadableError):
        read(document)
