"""Every operation on stack sets as botocore's model describes it: required input, limits, and errors."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.stack_sets.service import OPERATIONS, StackSets

SERVICE = botocore.session.get_session().get_service_model("cloudformation")
ACCOUNT = "111111111111"
SAMPLES: dict[str, Any] = {
    "Accounts": [ACCOUNT],
    "OperationId": "some-operation",
    "Regions": ["us-east-1"],
    "RetainStacks": False,
    "StackInstanceAccount": ACCOUNT,
    "StackInstanceRegion": "us-east-1",
    "StackSetName": "none",
}
# What CloudFormation answers though the model does not list it.
UNLISTED = {"ValidationError", "AccessDenied", "StackSetNotFoundException"}


@pytest.fixture
def stack_sets() -> StackSets:
    """Stack sets that come to no endpoint: what is refused here is refused before."""
    return StackSets(
        endpoint_url="http://127.0.0.1:1",
        identify=lambda key: (key, f"arn:aws:iam::{key}:root"),
        caller=lambda _: lambda: None,
        parse=lambda _: {},
    )


def required(name: str) -> list[str]:
    shape = SERVICE.operation_model(name).input_shape
    return list(shape.required_members) if shape is not None else []


def refusal(stack_sets: StackSets, name: str, given: dict[str, Any]) -> str:
    with pytest.raises(ServiceError) as error:
        stack_sets.handle(name, given, ACCOUNT, "us-east-1")
    assert error.value.code in UNLISTED | {shape.name for shape in SERVICE.operation_model(name).error_shapes}
    return str(error.value.code)


@pytest.mark.parametrize(("name", "member"), [(name, member) for name in OPERATIONS for member in required(name)])
def test_what_is_required_is_missed(stack_sets: StackSets, name: str, member: str) -> None:
    given = {other: SAMPLES[other] for other in required(name) if other != member}

    assert refusal(stack_sets, name, given) == "ValidationError"


@pytest.mark.parametrize("name", [name for name in OPERATIONS if required(name) and name != "CreateStackSet"])
def test_a_stack_set_that_does_not_exist_is_refused(stack_sets: StackSets, name: str) -> None:
    given = {member: SAMPLES[member] for member in required(name)}

    assert refusal(stack_sets, name, given) == "StackSetNotFoundException"


@pytest.mark.parametrize("name", ["ActivateOrganizationsAccess", "DescribeOrganizationsAccess"])
def test_without_an_organization_there_is_no_trusted_access(stack_sets: StackSets, name: str) -> None:
    assert refusal(stack_sets, name, {}) == "InvalidOperationException"


def test_a_page_token_that_nobody_gave_out_is_refused(stack_sets: StackSets) -> None:
    assert refusal(stack_sets, "ListStackSets", {"NextToken": "none"}) == "ValidationError"
