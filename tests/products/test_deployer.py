"""The function that gives launches another image, with a stand-in for the services that it calls."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import ROOT

STACK = "arn:aws:cloudformation:us-east-1:333333333333:stack/SC-333333333333-pp-1/1"
REGISTRY = "111111111111.dkr.ecr.us-east-1.amazonaws.com"
OLD, NEW = f"{REGISTRY}/orders:old-test", f"{REGISTRY}/orders:new-test"


class Aws:
    """One launch, as Service Catalog and CloudFormation describe it, and what was asked of it."""

    def __init__(self) -> None:
        self.status = "AVAILABLE"
        self.record: dict[str, Any] = {"Status": "SUCCEEDED", "ProvisionedProductName": "orders"}
        self.events: list[dict[str, str]] = []
        self.parameters = ["Image", "Cpu", "Secret1"]
        self.updates: list[dict[str, Any]] = []
        self.paths = ""

    def describe_provisioned_product(self, *, Name: str) -> Any:  # noqa: N803
        detail = {"Name": Name, "Id": "pp-1", "ProductId": "prod-1", "ProvisioningArtifactId": "pa-1"}
        return {"ProvisionedProductDetail": {**detail, "Status": self.status, "LastProvisioningRecordId": "rec-0"}}

    def describe_record(self, *, Id: str) -> Any:  # noqa: N803
        if Id == "rec-0":
            outputs = [{"OutputKey": "CloudformationStackARN", "OutputValue": STACK}]
            return {"RecordDetail": {"PathId": "lpv3-1"}, "RecordOutputs": outputs}
        return {"RecordDetail": self.record}

    def describe_provisioning_parameters(self, **asked: str) -> Any:
        assert asked == {"ProductId": "prod-1", "ProvisioningArtifactId": "pa-1", "PathId": "lpv3-1"}
        return {"ProvisioningArtifactParameters": [{"ParameterKey": name} for name in self.parameters]}

    def update_provisioned_product(self, **asked: Any) -> Any:
        self.updates.append(asked)
        return {"RecordDetail": {"RecordId": "rec-1"}}

    def get_provisioned_product_outputs(self, *, ProvisionedProductName: str, PageToken: str = "") -> Any:  # noqa: N803
        assert ProvisionedProductName == "orders"
        number = int(PageToken or 1)
        page = {"Outputs": [{"OutputKey": f"Key{number}", "OutputValue": str(number)}]}
        return page | ({"NextPageToken": "2"} if number == 1 else {})

    def describe_stacks(self, *, StackName: str) -> Any:  # noqa: N803
        assert StackName == STACK
        given = {"Image": OLD, **({"Paths": self.paths} if self.paths else {})}
        return {"Stacks": [{"Parameters": [{"ParameterKey": key, "ParameterValue": given[key]} for key in given]}]}

    def get_paginator(self, name: str) -> Any:
        assert name == "describe_stack_events"
        return self

    def paginate(self, *, StackName: str) -> Iterator[Any]:  # noqa: N803
        assert StackName == STACK
        yield from ({"StackEvents": [event]} for event in self.events)


@pytest.fixture
def aws() -> Aws:
    return Aws()


@pytest.fixture
def index(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    path = ROOT / "products/ci_access/functions/deployer/index.py"
    spec = importlib.util.spec_from_file_location("deployer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.boto3, "client", lambda _: aws)
    monkeypatch.setenv("LAUNCHES", "orders,billing")
    monkeypatch.setenv("REGISTRIES", "111111111111")
    return module


def ask(index: ModuleType, do: str, **more: str) -> Any:
    return index.handler(
        {"do": do, "launch": "orders", "image": NEW, "key": "build:1", "record": "rec-1", **more}, None
    )


def test_it_tells_what_runs(index: ModuleType, aws: Aws) -> None:
    assert ask(index, "describe") == {"image": OLD, "status": "DONE"}
    aws.status = "UNDER_CHANGE"
    assert ask(index, "describe")["status"] == "RUNNING"


def test_an_update_changes_the_image_and_keeps_all_else(index: ModuleType, aws: Aws) -> None:
    assert ask(index, "update") == {"record": "rec-1"}
    (update,) = aws.updates
    assert update["ProvisioningParameters"] == [
        {"Key": "Image", "Value": NEW},
        {"Key": "Cpu", "UsePreviousValue": True},
        {"Key": "Secret1", "UsePreviousValue": True},
    ]
    assert (update["ProvisioningArtifactId"], update["PathId"]) == ("pa-1", "lpv3-1")


def test_a_call_that_is_repeated_is_the_same_update(index: ModuleType, aws: Aws) -> None:
    for key in ("build:1", "build:1", "build:2"):
        ask(index, "update", key=key)
    first, again, other = (update["UpdateToken"] for update in aws.updates)
    assert first == again != other


def test_an_image_that_runs_already_is_left_alone(index: ModuleType, aws: Aws) -> None:
    assert ask(index, "update", image=OLD) == {"record": ""}
    assert aws.updates == []
    assert ask(index, "watch", record="")["status"] == "DONE"


@pytest.mark.parametrize(
    ("do", "more", "says"),
    [
        ("update", {"launch": "network"}, "launch network: pipelines may not update it here"),
        ("describe", {"launch": "orders,billing"}, "pipelines may not update it here"),
        ("terminate", {}, "terminate is none of describe, update, watch"),
        ("update", {"image": "docker.io/library/evil:1"}, "not in the registry of 111111111111"),
        ("update", {"image": NEW.replace("1111", "2222", 1)}, "not in the registry of 111111111111"),
        ("update", {"image": f"{NEW} --privileged"}, "not in the registry"),
        ("watch", {"launch": "billing"}, "record rec-1: it is not of launch billing"),
    ],
)
def test_whatever_else_is_refused(do: str, more: dict[str, str], says: str, index: ModuleType, aws: Aws) -> None:
    with pytest.raises((PermissionError, ValueError), match=says):
        ask(index, do, **more)
    assert aws.updates == []


def test_a_product_without_an_image_is_refused(index: ModuleType, aws: Aws) -> None:
    aws.parameters = ["Cpu"]
    with pytest.raises(ValueError, match="its product has no parameter Image"):
        ask(index, "update")


def test_a_success_brings_the_outputs_of_all_pages(index: ModuleType) -> None:
    outputs = {"Key1": "1", "Key2": "2"}
    assert ask(index, "watch") == {"status": "DONE", "reasons": [], "outputs": outputs, "path": "/"}


@pytest.mark.parametrize(
    ("paths", "path"), [("/orders,/orders/*", "/orders"), ("/*", "/"), ("/v?/orders*", "/v"), ("/a/*/b", "/a/")]
)
def test_a_success_tells_a_path_that_is_the_services(paths: str, path: str, index: ModuleType, aws: Aws) -> None:
    aws.paths = paths
    assert ask(index, "watch")["path"] == path


@pytest.mark.parametrize("status", ["CREATED", "IN_PROGRESS", "IN_PROGRESS_IN_ERROR"])
def test_what_has_not_ended_goes_on(status: str, index: ModuleType, aws: Aws) -> None:
    aws.record["Status"] = status
    assert ask(index, "watch") == {"status": "RUNNING", "reasons": [], "outputs": {}}


def test_a_failure_names_the_resources_of_this_update_alone(index: ModuleType, aws: Aws) -> None:
    def event(title: str, status: str, reason: str = "") -> dict[str, str]:
        physical = STACK if title == "stack" else title
        found = {"LogicalResourceId": title, "PhysicalResourceId": physical, "ResourceStatus": status}
        return {**found, "ResourceStatusReason": reason}

    aws.record |= {"Status": "FAILED", "RecordErrors": [{"Code": "InternalFailure", "Description": "Rolled back."}]}
    # The newest first.
    aws.events = [
        event("stack", "UPDATE_ROLLBACK_COMPLETE"),
        event("Alarm", "UPDATE_FAILED", "Resource update cancelled"),
        event("Service", "UPDATE_FAILED", "Circuit breaker."),
        event("stack", "UPDATE_IN_PROGRESS", "User Initiated"),
        event("Queue", "UPDATE_FAILED", "Of an earlier update."),
    ]
    assert ask(index, "watch")["reasons"] == ["Rolled back.", "Service: Circuit breaker."]


def test_an_update_that_changes_nothing_is_none(index: ModuleType, aws: Aws) -> None:
    aws.record |= {"Status": "FAILED", "RecordErrors": [{"Description": "No updates are to be performed."}]}
    assert ask(index, "watch")["status"] == "DONE"
