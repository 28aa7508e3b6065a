"""A system's file with further launches: nothing else in it changes."""

from __future__ import annotations

import pytest

from factory.catalog.manifest import extended, listed
from factory.catalog.model import EnvironmentName, ProductName
from factory.catalog.systems import System, SystemLaunch
from factory.errors import ManifestError

from .conftest import Project

QUEUE = SystemLaunch(
    name="orders",
    product=ProductName("network"),
    parameters=(("Zones", "2"), ("Nat", "none")),
    only=(EnvironmentName("dev"),),
)
ADDED = """\
  orders:
    product: network
    only: [dev]
    parameters:
      Zones: '2'
      Nat: none
"""
HEAD = "display-name: Shop\nenvironments: [dev]\n"


def system(text: str, project: Project) -> System:
    project.write("systems/shop", text)
    return project.load().system("shop")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("launches:\n  network:\n", f"launches:\n  network:\n{ADDED}"),
        ("launches:\n  network:", f"launches:\n  network:\n{ADDED}"),
        ("launches:\n  network: {}  # why\n", f"launches:\n  network: {{}}  # why\n{ADDED}"),
        (
            "launches:\n  network:\n  # about network\n\n# the end\n",
            f"launches:\n  network:\n  # about network\n{ADDED}\n# the end\n",
        ),
        (
            "launches:\n  network:\n    parameters:\n      Nat: |-\n        none\n\ndescription: Last.\n",
            f"launches:\n  network:\n    parameters:\n      Nat: |-\n        none\n{ADDED}\ndescription: Last.\n",
        ),
        (
            "launches:\n  network:\n\n  main: {product: network,\n    after: [network]}\n",
            f"launches:\n  network:\n\n  main: {{product: network,\n    after: [network]}}\n\n{ADDED}",
        ),
    ],
    ids=["plain", "no line end", "comment behind", "comment below", "text of lines", "empty lines between"],
)
def test_launches_are_added_at_the_end(before: str, after: str, project: Project) -> None:
    found = extended(HEAD + before, system(HEAD + before, project), [QUEUE])
    assert found == HEAD + after
    assert system(found, project).launches[-1].parameters_in(EnvironmentName("dev")) == (
        ("Nat", "none"),
        ("Zones", "2"),
    )


def test_indentation_and_line_ends_are_those_of_the_file(project: Project) -> None:
    before = HEAD + "launches:\n    network:\n        parameters: {Nat: none}\n    main:\n        product: network\n"
    found = extended(before.replace("\n", "\r\n"), system(before, project), [QUEUE])
    added = "".join(" " * (len(line) - len(line.lstrip())) + line + "\r\n" for line in ADDED.splitlines())
    assert found == before.replace("\n", "\r\n") + added


def test_what_the_defaults_say_is_not_said_again(project: Project) -> None:
    before = f"""\
{HEAD}defaults:
  network:
    only: [dev]
    parameters: {{Zones: 2, Nat: none}}
    environments:
      dev: {{Nat: one}}
launches:
  network:
"""
    found = extended(before, system(before, project), [QUEUE])
    # Without its own, a value of the environment would count.
    assert found == f"{before}  orders:\n    product: network\n    parameters:\n      Nat: none\n"
    assert system(found, project).launches[-1].parameters_in(EnvironmentName("dev")) == (
        ("Nat", "none"),
        ("Zones", "2"),
    )


@pytest.mark.parametrize("launches", ["launches: {network: {}}\n", "launches:\n  {network: {}}\n"])
def test_launches_in_braces_are_left_alone(launches: str, project: Project) -> None:
    with pytest.raises(ManifestError, match=r"shop\.yaml:3: launches is not written as a line for each entry"):
        extended(HEAD + launches, system(HEAD + launches, project), [QUEUE])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[dev]   # why", "[dev, 'on']   # why"),
        ('[\n        dev,\n        "a b",\n      ]', "[\n        dev,\n        \"a b\", 'on',\n      ]"),
        ("\n      - dev  # why\n      # below", "\n      - dev  # why\n      - 'on'\n      # below"),
        ("\n        - >-\n          dev\n", "\n        - >-\n          dev\n        - 'on'\n"),
        ("[]   # none yet", "['on']   # none yet"),
    ],
    ids=["in a line", "in several lines", "a line each", "folded", "empty"],
)
def test_a_text_is_added_to_a_list(before: str, after: str, project: Project) -> None:
    text = HEAD + "launches:\n  network:\n    parameters:\n      Zones: {}\n"
    found = listed(text.format(before), system(text.format(before), project), "network", "Zones", "on")
    assert found == text.format(after)
    value = dict(system(found, project).launches[0].parameters)["Zones"]
    assert value.split(",")[-1] == "on"


def test_a_list_with_commas_in_its_texts(project: Project) -> None:
    project.write("systems/shop", HEAD + 'launches:\n  network:\n    parameters: {Zones: ["a,b"]}\n')
    assert project.problems() == [
        "systems/shop.yaml:5: launches.network.parameters.Zones[1] has a comma, which stands between the texts of a "
        "list"
    ]


@pytest.mark.parametrize("zones", ["dev", "{a: b}"])
def test_a_text_is_added_to_lists_alone(zones: str, project: Project) -> None:
    text = HEAD + "launches:\n  network:\n    parameters:\n      Nat: none\n"
    shop = system(text, project)
    with pytest.raises(ManifestError, match=r"shop.yaml:6: launches\.network\.parameters\.Zones is no list"):
        listed(text.replace("Nat: none", f"Zones: {zones}"), shop, "network", "Zones", "on")
