"""The function that claims an account for its security baseline, with stand-ins for the services that it calls."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2] / "products"
CLAIM = "/security-baseline/claimed-by"
TRAIL = "platform-dev-trail-main"


class TakenError(Exception):
    pass


class MissingError(Exception):
    pass


class Services:
    """An account: its parameters, trails, recorders, and Config's role."""

    class exceptions:  # noqa: N801 - boto3's name
        InvalidInputException = TakenError
        NoSuchEntityException = MissingError
        ParameterAlreadyExists = TakenError
        ParameterNotFound = MissingError

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.trails: list[dict[str, Any]] = []
        self.recorders: list[dict[str, Any]] = []
        self.has_role = False
        self.raced = False

    def get_parameter(self, *, Name: str) -> dict[str, Any]:  # noqa: N803
        if Name not in self.values:
            raise MissingError(Name)
        return {"Parameter": {"Value": self.values[Name]}}

    def put_parameter(self, *, Name: str, Value: str, Overwrite: bool, **_: Any) -> None:  # noqa: N803
        assert not Overwrite
        if self.raced:
            self.values[Name] = "stack-of-the-faster-one"
        if Name in self.values:
            raise TakenError(Name)
        self.values[Name] = Value

    def delete_parameter(self, *, Name: str) -> None:  # noqa: N803
        del self.values[Name]

    def describe_trails(self, *, includeShadowTrails: bool) -> dict[str, Any]:  # noqa: N803
        assert includeShadowTrails
        return {"trailList": self.trails}

    def describe_configuration_recorders(self) -> dict[str, Any]:
        return {"ConfigurationRecorders": self.recorders}

    def get_role(self, *, RoleName: str) -> dict[str, Any]:  # noqa: N803
        assert RoleName == "AWSServiceRoleForConfig"
        if not self.has_role:
            raise MissingError(RoleName)
        return {}

    def create_service_linked_role(self, *, AWSServiceName: str) -> dict[str, Any]:  # noqa: N803
        assert AWSServiceName == "config.amazonaws.com"
        self.has_role = True
        if self.raced:
            raise TakenError(AWSServiceName)
        return {}


class Account:
    """The function in an account, and the answers that CloudFormation got from it."""

    def __init__(self, module: Any, services: Services, answers: list[dict[str, Any]]) -> None:
        self.module = module
        self.services = services
        self.answers = answers

    def ask(self, kind: str, stack: str = "ours", *, before: dict[str, Any] | None = None, **given: str) -> Any:
        request = {
            "RequestType": kind,
            "StackId": stack,
            "RequestId": "it",
            "LogicalResourceId": "Claim",
            "ResourceProperties": properties(**given),
            **({"PhysicalResourceId": CLAIM} if kind != "Create" else {}),
            **({"OldResourceProperties": before} if before else {}),
        }
        self.module.handler(request, None)
        return self.answers[-1]

    def refused(self, kind: str, *words: str, **more: Any) -> None:
        answer = self.ask(kind, **more)
        assert answer["Status"] == "FAILED"
        assert [word for word in words if word not in answer["Reason"]] == []

    def allowed(self, kind: str, **more: Any) -> None:
        answer = self.ask(kind, **more)
        assert answer["Status"] == "SUCCESS", answer
        assert answer["PhysicalResourceId"] == CLAIM


def properties(*, trail: str = "on", config: str = "on", home: str = "this") -> dict[str, Any]:
    return {"Services": {"CloudTrail": trail, "Config": config}, "TrailName": TRAIL, "HomeRegion": home}


def wide(name: str, home: str) -> dict[str, Any]:
    return {"Name": name, "HomeRegion": home, "IsMultiRegionTrail": True}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.syspath_prepend(str(ROOT / "parts" / "runtime"))
    monkeypatch.setenv("CLAIM", CLAIM)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    path = ROOT / "security_baseline" / "functions" / "account_claim" / "index.py"
    spec = importlib.util.spec_from_file_location("account_claim", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    services, answers = Services(), []
    monkeypatch.setattr(module.boto3, "client", lambda _: services)
    monkeypatch.setattr(sys.modules["custom_resource"], "send", lambda _, outcome: answers.append(outcome))
    return Account(module, services, answers)


def test_the_first_launch_claims_the_account_and_makes_the_role_of_config(account: Account) -> None:
    account.allowed("Create")
    assert account.services.values == {CLAIM: "ours"}
    assert account.services.has_role
    # CloudFormation may ask twice.
    account.allowed("Create")


def test_a_second_launch_is_refused_and_leaves_the_claim(account: Account) -> None:
    account.allowed("Create")
    account.refused("Create", "has a security baseline already, by the stack ours", stack="theirs")
    account.ask("Delete", stack="theirs")
    assert account.services.values == {CLAIM: "ours"}


def test_of_two_launches_at_the_same_time_one_is_refused(account: Account) -> None:
    account.services.raced = True
    account.refused("Create", "by the stack stack-of-the-faster-one")


def test_the_end_gives_the_claim_back(account: Account) -> None:
    account.allowed("Create")
    account.allowed("Delete")
    account.allowed("Delete")
    assert account.services.values == {}


def test_the_role_of_config_is_made_only_where_config_is_ours(account: Account) -> None:
    account.allowed("Create", config="organization")
    assert not account.services.has_role


def test_a_role_that_another_region_made_just_now_will_do(account: Account) -> None:
    account.services.raced = True
    account.module.see_to_config_role()
    assert account.services.has_role


@pytest.mark.parametrize(
    ("trails", "words"),
    [
        ([wide("organization", "us-east-1")], ("records all regions already", "CloudTrail=organization")),
        ([wide(TRAIL, "eu-west-1")], ("records this region too", "HomeRegion=eu-west-1")),
    ],
)
def test_a_second_trail_of_all_regions_is_refused(
    trails: list[dict[str, Any]], words: tuple[str, ...], account: Account
) -> None:
    account.services.trails = trails
    account.refused("Create", *words)
    assert account.services.values == {}
    account.allowed("Create", trail="organization")


def test_a_trail_of_one_region_is_no_obstacle(account: Account) -> None:
    account.services.trails = [{"Name": "small", "HomeRegion": "us-east-1", "IsMultiRegionTrail": False}]
    account.allowed("Create")


def test_a_further_region_needs_the_trail_of_the_home_region(account: Account) -> None:
    account.refused("Create", "launch the security baseline in eu-west-1 first", home="eu-west-1")
    account.services.trails = [wide(TRAIL, "eu-west-1")]
    account.allowed("Create", home="eu-west-1")


def test_a_second_recorder_is_refused_but_not_one_of_a_service(account: Account) -> None:
    account.services.recorders = [{"name": "AWSConfigurationRecorderForX", "servicePrincipal": "x.amazonaws.com"}]
    account.allowed("Create")
    account.allowed("Delete")
    account.services.recorders.append({"name": "default"})
    account.refused("Create", "by the recorder default", "Config=organization")


def test_an_update_looks_at_what_is_switched_on_alone(account: Account) -> None:
    account.allowed("Create")
    account.services.trails = [wide(TRAIL, "us-east-1"), wide("organization", "us-east-1")]
    account.services.recorders = [{"name": "default"}]
    account.allowed("Update", before=properties())
    account.refused("Update", "CloudTrail=organization", before=properties(trail="organization"))
    account.services.trails = []
    account.refused("Update", "Config=organization", before=properties(config="organization"))
    account.refused("Update", "launch the security baseline in eu-west-1", before=properties(), home="eu-west-1")
