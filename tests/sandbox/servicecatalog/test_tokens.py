"""Every operation with an idempotency token: repeated it changes nothing, and with other parameters it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.servicecatalog.registry import all_operations
from tests.sandbox.servicecatalog.conftest import REGION
from tests.sandbox.servicecatalog.operations.test_adoption import stack
from tests.sandbox.servicecatalog.operations.test_copies import arn
from tests.sandbox.servicecatalog.operations.test_plans import create as create_plan
from tests.sandbox.servicecatalog.operations.test_plans import drawn
from tests.sandbox.servicecatalog.operations.test_service_action_uses import on
from tests.sandbox.servicecatalog.operations.test_service_actions import RESTART, create

Parameters = dict[str, Any]
TOKENED = {name: operation.token for name, operation in all_operations().items() if operation.token is not None}


def version(scene: Any) -> Parameters:
    """A product that may be launched, and its version."""
    _, product_id, version_id = scene.placed()
    return {"ProductId": product_id, "ProvisioningArtifactId": version_id}


def launched(scene: Any) -> tuple[Parameters, str]:
    """A launch: its version, and its id."""
    given = version(scene)
    record = scene.launch(given["ProductId"], given["ProvisioningArtifactId"], "mine")["RecordDetail"]
    return given, record["ProvisionedProductId"]


def constraint(scene: Any) -> Parameters:
    portfolio_id, product_id, _ = scene.placed()
    scene.role(scene.hub, "launcher")
    role = '{"LocalRoleName": "launcher"}'
    return {"PortfolioId": portfolio_id, "ProductId": product_id, "Type": "LAUNCH", "Parameters": role}


def product(scene: Any) -> Parameters:
    return {
        "Name": "topic",
        "Owner": "Platform",
        "ProductType": "CLOUD_FORMATION_TEMPLATE",
        "ProvisioningArtifactParameters": scene.version_properties(),
    }


def plan(scene: Any) -> Parameters:
    return {"PlanName": "plan", "PlanType": "CLOUDFORMATION", "ProvisionedProductName": "mine", **version(scene)}


def planned(scene: Any) -> Parameters:
    made = create_plan(scene, *version(scene).values())
    drawn(scene, made)
    return {"PlanId": made["PlanId"]}


def used(scene: Any) -> Parameters:
    given = on(*scene.product(), create(scene))
    scene.sc.associate_service_action_with_provisioning_artifact(**given)
    return given


def runnable(scene: Any) -> Parameters:
    given, identifier = launched(scene)
    action = create(scene)
    scene.sc.associate_service_action_with_provisioning_artifact(**given, ServiceActionId=action)
    return {"ProvisionedProductId": identifier, "ServiceActionId": action}


def owned(scene: Any) -> Parameters:
    owner = {"OWNER": scene.role(scene.hub, "owner")}
    return {"ProvisionedProductId": launched(scene)[1], "ProvisionedProductProperties": owner}


RIGHT: dict[str, Callable[[Any], Parameters]] = {
    "AssociateServiceActionWithProvisioningArtifact": lambda scene: on(*scene.product(), create(scene)),
    "CopyProduct": lambda scene: {"SourceProductArn": arn(scene.hub, scene.product()[0])},
    "CreateConstraint": constraint,
    "CreatePortfolio": lambda _: {"DisplayName": "Portfolio", "ProviderName": "Platform"},
    "CreateProduct": product,
    "CreateProvisionedProductPlan": plan,
    "CreateProvisioningArtifact": lambda scene: {
        "ProductId": scene.product()[0],
        "Parameters": scene.version_properties(),
    },
    "CreateServiceAction": lambda _: {"Name": "restart", "DefinitionType": "SSM_AUTOMATION", "Definition": RESTART},
    "DeleteServiceAction": lambda scene: {"Id": create(scene)},
    "DisassociateServiceActionFromProvisioningArtifact": used,
    "ExecuteProvisionedProductPlan": planned,
    "ExecuteProvisionedProductServiceAction": runnable,
    "ImportAsProvisionedProduct": lambda scene: {
        **version(scene),
        "ProvisionedProductName": "mine",
        "PhysicalId": stack(scene),
    },
    "ProvisionProduct": lambda scene: {**version(scene), "ProvisionedProductName": "mine"},
    "UpdateProvisionedProduct": lambda scene: {"ProvisionedProductId": launched(scene)[1]},
    "UpdateProvisionedProductProperties": owned,
}


def test_every_operation_with_a_token_is_tried_here() -> None:
    assert set(RIGHT) == set(TOKENED)


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_repeated_request_is_the_same_request(name: str, scene: Any) -> None:
    core = scene.server.core
    caller = core.caller(scene.hub, REGION)
    parameters = RIGHT[name](scene) | {TOKENED[name]: "same"}
    first = core.handle(name, parameters, caller)
    things = core.handle("ListRecordHistory", {}, caller)["RecordDetails"]

    assert core.handle(name, parameters, caller) == first
    again = core.handle("ListRecordHistory", {}, caller)["RecordDetails"]
    assert [item["RecordId"] for item in again] == [item["RecordId"] for item in things]
    with pytest.raises(ServiceError) as refused:
        core.handle(name, parameters | {"AcceptLanguage": "jp"}, caller)
    assert refused.value.code == "InvalidParametersException"
    assert "used before" in refused.value.message
