"""Wiring order: what waits for what when a system comes up and goes down."""

from __future__ import annotations

from dataclasses import replace
from graphlib import TopologicalSorter

import pytest

from factory.authoring import ContractValue
from factory.catalog.model import EnvironmentName, ProductName, VersionName
from factory.catalog.systems import System, SystemLaunch
from factory.errors import PlanError
from factory.planning.order import dependencies, reversed_order, shared
from factory.synthesis.artifact import Artifact

DEV, PROD = EnvironmentName("dev"), EnvironmentName("prod")


def artifact(product: str, *requires: str, finds: str = "") -> Artifact:
    values = [ContractValue(product=name, name="value", description="") for name in requires]
    return Artifact(
        product=ProductName(product),
        version=VersionName("1.0.0"),
        description="",
        owner="",
        support_email="",
        support_url="",
        body=b"{}",
        assets=(),
        requires=tuple((f"P{number}", value) for number, value in enumerate(values)),
        finds=frozenset({ContractValue(product=finds, name="value", description="")} if finds else ()),
        provides=frozenset(),
    )


def system(*launches: SystemLaunch) -> System:
    return System(
        name="system",
        display_name="",
        description="",
        environments=(DEV, PROD),
        launches=launches,
    )


def launch(name: str, product: str, *after: str) -> SystemLaunch:
    return SystemLaunch(name=name, product=ProductName(product), after=after)


ARTIFACTS = {
    item.product: item
    for item in (
        artifact("base"),
        artifact("network", "base"),
        artifact("service", "network", "base"),
        artifact("outsider", "elsewhere"),
        artifact("seeker", "base", finds="network"),
        artifact("chicken", "egg"),
        artifact("egg", "chicken"),
    )
}


def test_a_launch_waits_for_whoever_provides_what_it_may_look_for() -> None:
    launches = [launch("seek", "seeker"), launch("net", "network"), launch("base", "base")]
    assert dependencies(system(*launches), DEV, ARTIFACTS)["seek"] == {"net", "base"}
    assert dependencies(system(launches[0], launches[2]), DEV, ARTIFACTS)["seek"] == {"base"}


def test_a_launch_waits_for_whoever_provides_what_it_requires() -> None:
    found = dependencies(
        system(launch("two", "service"), launch("one", "service"), launch("net", "network"), launch("base", "base")),
        DEV,
        ARTIFACTS,
    )
    assert found == {
        "base": frozenset(),
        "net": {"base"},
        "one": {"net", "base"},
        "two": {"net", "base"},
    }
    sorter = TopologicalSorter(found)
    sorter.prepare()
    assert sorter.get_ready() == ("base",)


def test_a_manifest_may_ask_for_more() -> None:
    found = dependencies(system(launch("a", "base"), launch("b", "base", "a")), DEV, ARTIFACTS)
    assert found["b"] == {"a"}


def test_what_is_not_in_an_environment_is_not_waited_for_there() -> None:
    images = SystemLaunch(name="images", product=ProductName("base"), only=(DEV,))
    launches = system(launch("b", "base", "images"), images, launch("net", "network"))
    assert dependencies(launches, DEV, ARTIFACTS) == {"b": {"images"}, "images": frozenset(), "net": {"b", "images"}}
    assert dependencies(launches, PROD, ARTIFACTS) == {"b": frozenset(), "net": {"b"}}


def test_values_from_outside_the_system_are_taken_to_be_there() -> None:
    assert dependencies(system(launch("a", "outsider")), DEV, ARTIFACTS) == {"a": frozenset()}


def test_going_down_turns_the_order_round() -> None:
    needs = dependencies(system(launch("s", "service"), launch("n", "network"), launch("b", "base")), DEV, ARTIFACTS)
    assert reversed_order(needs) == {"s": frozenset(), "n": {"s"}, "b": {"s", "n"}}


def test_a_circle_is_refused() -> None:
    with pytest.raises(PlanError, match="wait for each other"):
        dependencies(system(launch("a", "chicken"), launch("b", "egg")), DEV, ARTIFACTS)


def test_a_system_that_is_up_keeps_what_it_has_in_common_with_another() -> None:
    mine = system(launch("base", "base"), launch("net", "network"), launch("mine", "service"))
    other = replace(system(launch("base", "base"), launch("net", "network"), launch("theirs", "service")), name="other")
    assert shared(mine, [mine, other], DEV, {"base", "net", "mine", "theirs"}) == {"base": "other", "net": "other"}
    assert shared(mine, [mine, other], DEV, {"base", "mine", "theirs"}) == {"base": "other"}
    assert shared(mine, [mine, other], DEV, {"base", "net", "mine"}) == {}
    assert shared(mine, [mine, replace(other, environments=(PROD,))], DEV, {"base", "theirs"}) == {}
