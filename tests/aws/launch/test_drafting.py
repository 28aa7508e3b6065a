"""What an order comes to, without AWS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from factory.aws.launch.current import Current
from factory.aws.launch.drafting import Draft
from factory.aws.launch.offers import LaunchPath, Offer, OfferedVersion
from factory.aws.launch.parameters import Declared
from factory.aws.launch.stacks import Stack
from factory.aws.launch.values import Change, Course, LaunchStatus, Order
from factory.catalog.environments import Environment, EnvironmentClass
from factory.catalog.model import AccountId, EnvironmentName, Place, ProductName, Region, VersionName
from factory.errors import LaunchError

PLACE = Place(environment=EnvironmentName("dev"), region=Region("us-east-1"))
ENVIRONMENT = Environment(
    name=PLACE.environment,
    account=AccountId("222222222222"),
    sizing=EnvironmentClass.DEV,
    regions=(PLACE.region,),
)
VPC = "/platform/main/network/vpc-id"
VERSION = OfferedVersion(id="pa-1", name=VersionName("1.0.0"), deprecated=False)
PATH = LaunchPath(id="lp-1", portfolio="Platform")
DECLARED = {
    item.name: item
    for item in (
        Declared(name="Instance", type="String", default="main", secret=False),
        Declared(name="CostCenter", type="String", default="shared", secret=False),
        Declared(name="ApiKey", type="String", default="", secret=True),
        Declared(name="Vpc", type="AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>", default=VPC, secret=False),
    )
}
FRESH = Draft(
    order=Order(name="mine", product=ProductName("sample")),
    environment=ENVIRONMENT,
    offer=Offer(
        id="prod-1", product=ProductName("sample"), place=PLACE, versions=(VERSION,), paths=(PATH,), distributor=""
    ),
    version=VERSION,
    path=PATH,
    declared=DECLARED,
    tag_options={},
    current=None,
    stack=None,
)
LAUNCHED = replace(
    FRESH,
    current=Current(
        id="pp-1",
        name="mine",
        product_id="prod-1",
        version_id="pa-1",
        status=LaunchStatus.AVAILABLE,
        message="",
        last_record="rec-1",
        path_id="lp-1",
        stack="SC",
        outputs=(),
    ),
    stack=Stack(
        id="SC",
        status="CREATE_COMPLETE",
        parameters={"Instance": "main", "CostCenter": "shared", "ApiKey": "****", "Vpc": VPC, "Gone": "x"},
        resolved={"Vpc": "vpc-1"},
    ),
)
CONTRACTS = {VPC: "vpc-1"}


def ordering(draft: Draft, **parameters: str) -> Draft:
    return replace(draft, order=replace(draft.order, parameters=tuple(parameters.items())))


def request(draft: Draft) -> dict[str, Any]:
    return dict(draft.prepared(CONTRACTS).request)


def test_a_launch_sends_what_is_not_left_to_the_template() -> None:
    assert request(ordering(FRESH, CostCenter="c-1")) == {
        "ProductId": "prod-1",
        "ProvisioningArtifactId": "pa-1",
        "PathId": "lp-1",
        "ProvisionedProductName": "mine",
        "ProvisioningParameters": [{"Key": "CostCenter", "Value": "c-1"}],
        "Tags": [],
    }


def test_an_update_keeps_what_both_versions_have() -> None:
    draft = replace(
        LAUNCHED, declared={**DECLARED, "New": Declared(name="New", type="String", default="", secret=False)}
    )

    assert request(ordering(draft, CostCenter="c-1"))["ProvisioningParameters"] == [
        {"Key": "CostCenter", "Value": "c-1"},
        {"Key": "ApiKey", "UsePreviousValue": True},
        {"Key": "Instance", "UsePreviousValue": True},
        {"Key": "Vpc", "UsePreviousValue": True},
    ]


def test_contract_paths_follow_the_environments_instance() -> None:
    other = "/platform/blue/network/vpc-id"
    draft = replace(FRESH, environment=replace(ENVIRONMENT, instance="blue"))

    assert draft.contract_names() == {"Vpc": other}
    assert draft.prepared({other: "vpc-2"}).changes == (
        Change(parameter="Instance", before=None, after="blue"),
        Change(parameter="Vpc", before=None, after=other),
    )


def test_a_contract_value_that_changed_is_a_change() -> None:
    assert LAUNCHED.prepared(CONTRACTS).course is Course.NOTHING
    moved = LAUNCHED.prepared({VPC: "vpc-2"})

    assert moved.course is Course.UPDATE
    assert moved.changes == (Change(parameter="Vpc", before="vpc-1", after="vpc-2"),)


def test_contract_values_that_may_not_be_read_are_not_missed() -> None:
    assert FRESH.prepared(None).course is Course.PROVISION
    with pytest.raises(LaunchError, match="which product network provides"):
        FRESH.prepared({})


def test_secrets_are_masked() -> None:
    assert ordering(LAUNCHED, ApiKey="hunter2").prepared(CONTRACTS).changes == (
        Change(parameter="ApiKey", before="****", after="****"),
    )
    assert "hunter2" not in repr(ordering(LAUNCHED, ApiKey="hunter2").prepared(CONTRACTS))


def test_a_tainted_launch_is_updated_even_if_nothing_changes() -> None:
    assert LAUNCHED.current is not None
    tainted = replace(LAUNCHED, current=replace(LAUNCHED.current, status=LaunchStatus.TAINTED))

    assert tainted.prepared(CONTRACTS).course is Course.UPDATE


@pytest.mark.parametrize(
    ("options", "tags", "sent"),
    [
        ({"Team": ("a",)}, (), []),
        ({"Team": ("a", "b")}, (("Team", "b"),), [{"Key": "Team", "Value": "b"}]),
        ({"CostCenter": ("shared", "c-1")}, (), [{"Key": "CostCenter", "Value": "shared"}]),
        ({"Team": ("sc-tagoption-conflict-port-1-prod-1",)}, (), []),
    ],
    ids=["one value is set by itself", "chosen", "as the parameter of the same name", "a conflict is left out"],
)
def test_tag_options(options: dict[str, tuple[str, ...]], tags: Any, sent: list[dict[str, str]]) -> None:
    draft = replace(FRESH, tag_options=options, order=replace(FRESH.order, tags=tags))

    assert request(draft)["Tags"] == sent


@pytest.mark.parametrize(
    ("tags", "message"),
    [((), "tag Team must be chosen: a, b"), ((("Team", "c"),), "tag Team: c is not one of a, b")],
)
def test_tag_options_that_are_not_met(tags: Any, message: str) -> None:
    draft = replace(FRESH, tag_options={"Team": ("a", "b")}, order=replace(FRESH.order, tags=tags))

    with pytest.raises(LaunchError, match=message):
        draft.prepared(CONTRACTS)


def test_a_choice_of_portfolios() -> None:
    offer = replace(FRESH.offer, paths=(PATH, LaunchPath(id="lp-2", portfolio="Data")))

    assert offer.path("Data", current_id=None).id == "lp-2"
    assert offer.path(None, current_id="lp-2").id == "lp-2"
    with pytest.raises(LaunchError, match="more than one portfolio offers it: Data, Platform"):
        offer.path(None, current_id=None)
