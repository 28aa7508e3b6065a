"""Which of a plug-in, a fill and the emulator makes, changes and removes a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from factory.sandbox.clients import Clients
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.provisioner import StackProvisioner
from factory.sandbox.stacks.schemas import Schemas
from factory.sandbox.types.plugin import Fidelity, Fill, Made, Request, ResourceType

# Its domain can be changed, its border group only be set at creation; neither names anything.
KIND = "AWS::EC2::EIP"
FIRST, CHANGED, ELSEWHERE = (
    {"Domain": "vpc"},
    {"Domain": "standard"},
    {"Domain": "vpc", "NetworkBorderGroup": "us-east-1"},
)


class Recorder:
    """A plug-in that writes down how it is called."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Mapping[str, Any]]] = []

    def create(self, request: Request) -> Made:
        self.calls.append(("create", "", request.properties))
        return Made(physical_id=f"made-{len(self.calls)}", attributes={"Arn": "arn"})

    def update(self, request: Request, physical_id: str, _old: Mapping[str, Any]) -> Made:
        self.calls.append(("update", physical_id, request.properties))
        return Made(physical_id=physical_id, attributes={"Arn": "arn"})

    def delete(self, request: Request, physical_id: str) -> None:
        self.calls.append(("delete", physical_id, request.properties))

    def type(self, *, updates: bool) -> ResourceType:
        return ResourceType(
            name=KIND,
            fidelity=Fidelity.REAL,
            create=self.create,
            delete=self.delete,
            update=self.update if updates else None,
        )


def provisioner(*types: ResourceType, fills: Mapping[str, Fill] | None = None) -> StackProvisioner:
    # Nothing listens there: none of these resources gives a reason to ask.
    clients = Clients("http://127.0.0.1:9")
    return StackProvisioner(
        types={kind.name: kind for kind in types}, fills=fills or {}, clients=clients, schemas=Schemas()
    )


def resource(properties: Mapping[str, Any], old: Mapping[str, Any] | None = None, **given: Any) -> Resource:
    return Resource(
        type=KIND,
        logical_id="Address",
        stack_name="shop",
        account="123456789012",
        region="us-east-1",
        properties=properties,
        old_properties=old,
        **given,
    )


def forbidden(*_arguments: Any) -> Any:
    pytest.fail("not to be called")


def test_a_plug_in_makes_its_type_instead_of_the_emulator() -> None:
    recorder = Recorder()
    made = provisioner(recorder.type(updates=True)).create(resource(FIRST), forbidden, forbidden)
    assert made == ("made-1", {"Arn": "arn"})
    assert recorder.calls == [("create", "", FIRST)]


def test_the_emulator_makes_every_other_type() -> None:
    made = provisioner().create(resource(FIRST), lambda: ("native", {}), forbidden)
    assert made == ("native", {})


def test_a_change_is_the_plug_ins() -> None:
    recorder = Recorder()
    changed = resource(CHANGED, FIRST, physical_id="made-1")
    assert provisioner(recorder.type(updates=True)).update(changed, forbidden)[0] == "made-1"
    assert [call[0] for call in recorder.calls] == ["update"]


@pytest.mark.parametrize(
    ("updates", "new"), [(False, CHANGED), (True, ELSEWHERE)], ids=["no update", "set at creation only"]
)
def test_what_cannot_be_changed_is_made_anew(updates: bool, new: dict[str, Any]) -> None:
    recorder = Recorder()
    replaced = resource(new, FIRST, physical_id="old")
    assert provisioner(recorder.type(updates=updates)).update(replaced, forbidden)[0] == "made-1"
    assert [call[0] for call in recorder.calls] == ["create"]


def test_properties_are_checked_before_anything_is_made() -> None:
    recorder = Recorder()
    with pytest.raises(ValueError, match="Properties validation failed for resource Address"):
        provisioner(recorder.type(updates=True)).create(resource({"Colour": "red"}), forbidden, forbidden)
    assert recorder.calls == []


def test_removal_is_the_plug_ins() -> None:
    recorder = Recorder()
    provisioner(recorder.type(updates=True)).delete(resource({}, physical_id="made-1"), forbidden)
    assert recorder.calls == [("delete", "made-1", {})]


def test_a_fill_follows_the_emulator() -> None:
    applied: list[tuple[str, Mapping[str, Any]]] = []
    fill = Fill(name=KIND, apply=lambda _request, physical_id, old: applied.append((physical_id, old)))
    filled = provisioner(fills={KIND: fill})
    filled.create(resource(FIRST), lambda: ("native", {}), forbidden)
    filled.update(resource(CHANGED, FIRST, physical_id="native"), lambda: ("native", {}))
    filled.update(resource(CHANGED, FIRST, physical_id="native"), lambda: ("successor", {}))
    assert applied == [("native", {}), ("native", FIRST), ("successor", {})]


def test_what_a_fill_fails_on_is_discarded() -> None:
    def fail(*_arguments: Any) -> None:
        raise ValueError("not to be set")

    discarded: list[str] = []
    failing = provisioner(fills={KIND: Fill(name=KIND, apply=fail)})
    with pytest.raises(ValueError, match="not to be set"):
        failing.create(resource({}), lambda: ("native", {}), discarded.append)
    assert discarded == ["native"]
