"""A system file: what it says, and what can be wrong with it."""

from __future__ import annotations

import pytest

from factory.catalog.manifest import System, SystemLaunch
from factory.catalog.model import EnvironmentName, ProductName

from .conftest import Project

SYSTEM = """\
display-name: Shop
description: All of it.
environments: [dev, prod]
launches:
  network:
    parameters: {Zones: 2, Nat: none}
    environments:
      prod: {Zones: 3, Endpoints: all}
  second:
    product: network
    after: [network]
"""


def test_a_system(project: Project) -> None:
    project.write("systems/shop", SYSTEM)
    dev, prod = EnvironmentName("dev"), EnvironmentName("prod")
    first = SystemLaunch(
        name="network",
        product=ProductName("network"),
        parameters=(("Nat", "none"), ("Zones", "2")),
        environments=((prod, (("Endpoints", "all"), ("Zones", "3"))),),
    )
    second = SystemLaunch(name="second", product=ProductName("network"), after=("network",))
    assert project.load().system("shop") == System(
        name="shop",
        display_name="Shop",
        description="All of it.",
        environments=(dev, prod),
        launches=(first, second),
    )
    assert first.parameters_in(dev) == (("Nat", "none"), ("Zones", "2"))
    assert first.parameters_in(prod) == (("Endpoints", "all"), ("Nat", "none"), ("Zones", "3"))


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        (
            "product: network",
            "product: netwrk",
            ["systems/shop.yaml:10: launches.second.product: 'netwrk' is unknown; did you mean network?"],
        ),
        (
            "  second:\n    product: network\n",
            "  second:\n",
            ["systems/shop.yaml:9: launches: 'second' is unknown; there is cluster, network, queue"],
        ),
        (
            "product: network",
            "product: cluster",
            ["systems/shop.yaml:9: launches.second launches cluster, which no portfolio offers in prod"],
        ),
        (
            "after: [network]",
            "after: [netwrk]",
            ["systems/shop.yaml:11: launches.second.after[1]: 'netwrk' is unknown; did you mean network?"],
        ),
        (
            "after: [network]",
            "after: [second]",
            ["systems/shop.yaml:11: launches.second.after[1]: 'second' is unknown; there is network"],
        ),
        (
            "    parameters: {Zones: 2, Nat: none}\n",
            "    after: [second]\n",
            ["systems/shop.yaml:4: launches wait for each other: network → second → network"],
        ),
        (
            "prod: {Zones: 3, Endpoints: all}",
            "test: {Zones: 3}",
            ["systems/shop.yaml:8: launches.network.environments: 'test' is unknown; there is dev, prod"],
        ),
        (
            "Nat: none",
            "Nat-Gateways: none",
            ["systems/shop.yaml:6: launches.network.parameters: 'Nat-Gateways' is not a name of letters and digits"],
        ),
        (
            "  second:\n",
            "  second launch:\n",
            [
                "systems/shop.yaml:9: launches: 'second launch' is not a name of at most 128 letters, digits, dots, "
                "hyphens and underscores"
            ],
        ),
        ("display-name: Shop\n", "", ["systems/shop.yaml:1: display-name is missing"]),
    ],
)
def test_what_can_be_wrong(project: Project, old: str, new: str, problems: list[str]) -> None:
    project.write("systems/shop", SYSTEM)
    project.change("systems/shop", old, new)
    assert project.problems() == problems


def test_a_system_without_launches(project: Project) -> None:
    project.write("systems/shop", "display-name: Shop\nenvironments: [dev]\nlaunches: {}\n")
    assert project.problems() == ["systems/shop.yaml:3: launches names no launch"]
