"""The organization that is founded over the accounts of the manifests."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from factory.catalog.environments import Environment, EnvironmentClass, Hub
from factory.catalog.model import AccountId, EnvironmentName, Region
from factory.sandbox.organization import founded_for, founded_over, read

REGION = "us-east-1"


def environment(sizing: EnvironmentClass, account: str, unit: str | None = None) -> Environment:
    return Environment(
        name=EnvironmentName(sizing),
        account=AccountId(account),
        sizing=sizing,
        regions=(Region(REGION),),
        organizational_unit=unit,
    )


def test_the_ids_depend_on_the_manifests_alone() -> None:
    hub = Hub(account=AccountId("111111111111"))
    environments = [
        environment(EnvironmentClass.DEV, "222222222222"),
        environment(EnvironmentClass.DR, "333333333333"),
        environment(EnvironmentClass.QA, "111111111111"),
    ]
    tree = founded_for(hub, environments)
    assert tree == founded_for(hub, environments)
    paths = {unit["path"]: unit["accounts"] for unit in tree.document()["units"]}
    assert paths == {"Workloads": [], "Workloads/NonProd": ["222222222222"], "Workloads/Prod": ["333333333333"]}
    assert tree.homes["111111111111"] == tree.root

    named = founded_for(
        Hub(account=hub.account, organization="o-a1b2c3d4e5"),
        [*environments, environment(EnvironmentClass.TEST, "444444444444", "ou-ab12-1a2b3c4d")],
    )
    assert (named.id, named.root, named.homes["444444444444"]) == ("o-a1b2c3d4e5", "r-ab12", "ou-ab12-1a2b3c4d")
    assert {unit.id.split("-")[1] for unit in named.units} == {"ab12"}
    assert named.accounts_under(named.root) == {"222222222222", "333333333333", "444444444444"}


def test_a_node_that_is_not_there_is_told() -> None:
    tree = founded_over({"hub": "111111111111", "dev": "222222222222"})
    assert tree.accounts_under("222222222222") == {"222222222222"}
    assert tree.accounts_under("111111111111") == frozenset()
    assert tree.accounts_under(tree.id, closed=True) == frozenset()
    with pytest.raises(LookupError):
        tree.accounts_under("ou-ab12-1a2b3c4d")


def test_it_is_read_back_from_its_document() -> None:
    tree = founded_over({"hub": "111111111111", "dev": "222222222222"})
    assert read(json.loads(json.dumps(asdict(tree)))) == tree
