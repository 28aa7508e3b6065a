"""A system file: what it says, and what can be wrong with it."""

from __future__ import annotations

import pytest

from factory.catalog.model import EnvironmentName, ProductName
from factory.catalog.systems import System, SystemDefaults, SystemLaunch

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


LAUNCHES_OF_A_KIND = """\
display-name: Shop
environments: [dev, prod]
defaults:
  network:
    parameters: {Zones: 2, Nat: auto}
    environments:
      prod: {Zones: 3, Nat: one-per-zone}
  cluster:
    only: [dev]
launches:
  first:
    product: network
  second:
    product: network
    parameters: {Nat: none}
  third:
    product: network
    only: [prod]
    environments:
      prod: {Zones: 4}
  cluster:
    after: [third]
"""


def test_defaults_hold_for_every_launch_of_a_product(project: Project) -> None:
    project.write("systems/shop", LAUNCHES_OF_A_KIND)
    dev, prod = EnvironmentName("dev"), EnvironmentName("prod")
    shop = project.load().system("shop")
    assert {launch.name: dict(launch.parameters_in(dev)) for launch in shop.launches_in(dev)} == {
        "first": {"Zones": "2", "Nat": "auto"},
        "second": {"Zones": "2", "Nat": "none"},
        "cluster": {},
    }
    assert {launch.name: dict(launch.parameters_in(prod)) for launch in shop.launches_in(prod)} == {
        "first": {"Zones": "3", "Nat": "one-per-zone"},
        # What a launch says of itself goes before the defaults, those of an environment included.
        "second": {"Zones": "3", "Nat": "none"},
        "third": {"Zones": "4", "Nat": "one-per-zone"},
    }
    assert shop.defaults[1] == SystemDefaults(product=ProductName("cluster"), only=(dev,))


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        (
            "    only: [dev]\n",
            "    only: [dve]\n",
            [
                "systems/shop.yaml:9: defaults.cluster.only[1]: 'dve' is unknown; did you mean dev?",
                "systems/shop.yaml:21: launches.cluster launches cluster, which no portfolio offers in prod",
            ],
        ),
        (
            "    only: [prod]\n",
            "    only: [prod, prod]\n",
            ["systems/shop.yaml:18: launches.third.only[2] names prod a second time"],
        ),
        ("    only: [prod]\n", "    only: []\n", ["systems/shop.yaml:18: launches.third.only names no environment"]),
        (
            "    only: [prod]\n",
            "    only: [dev]\n",
            ["systems/shop.yaml:20: launches.third.environments.prod has values for prod, where `only` leaves it out"],
        ),
        (
            "    after: [third]\n",
            "    only: [dev, prod]\n",
            ["systems/shop.yaml:21: launches.cluster launches cluster, which no portfolio offers in prod"],
        ),
        (
            "  cluster:\n    only:",
            "  clustre:\n    only:",
            [
                "systems/shop.yaml:8: defaults: 'clustre' is unknown; did you mean cluster?",
                "systems/shop.yaml:21: launches.cluster launches cluster, which no portfolio offers in prod",
            ],
        ),
        (
            "    parameters: {Zones: 2, Nat: auto}\n",
            "    after: [first]\n",
            ["systems/shop.yaml:5: defaults.network.after is unknown; there is environments, only, parameters"],
        ),
    ],
)
def test_what_can_be_wrong_with_defaults_and_places(project: Project, old: str, new: str, problems: list[str]) -> None:
    project.write("systems/shop", LAUNCHES_OF_A_KIND)
    project.change("systems/shop", old, new)
    assert project.problems() == problems


def test_an_environment_in_which_nothing_is_launched(project: Project) -> None:
    project.write("systems/shop", "display-name: S\nenvironments: [dev, prod]\nlaunches:\n  network: {only: [dev]}\n")
    assert project.problems() == [
        "systems/shop.yaml:3: launches has none that is in prod: take it out of `environments`"
    ]


def test_systems_that_name_the_same_launch_mean_the_same(project: Project) -> None:
    project.write("systems/shop", LAUNCHES_OF_A_KIND)
    text = "display-name: S\nenvironments: [prod]\nlaunches:\n  third:\n    product: network\n    parameters: {}\n"
    project.write("systems/store", text.replace("{}", "{Zones: 4, Nat: one-per-zone}"))
    assert len(project.load().systems) == 2
    project.write("systems/store", text.replace("{}", "{Zones: 3, Nat: one-per-zone}"))
    assert project.problems() == [
        "systems/store.yaml:4: launches.third has other parameters in prod than in system shop: an account has one "
        "launch of a name"
    ]
    project.write("systems/store", "display-name: S\nenvironments: [dev]\nlaunches: {first: {product: cluster}}\n")
    assert project.problems() == [
        "systems/store.yaml:3: launches.first is cluster, but network in system shop: an account has one launch of a "
        "name"
    ]
