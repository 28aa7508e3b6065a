"""Stacks taken over as provisioned products."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.servicecatalog.request import Delays
from tests.sandbox.servicecatalog.conftest import DEADLINE_SECONDS, REGION, TEMPLATE

OTHER = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def stack(scene: Any, name: str = "legacy", template: Any = TEMPLATE, **given: Any) -> str:
    """A stack that is there, by its ARN."""
    cloudformation = scene.client("cloudformation", scene.hub)
    made = cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template), **given)
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0})
    return str(made["StackId"])


def take_over(scene: Any, product_id: str, version_id: str, arn: str, name: str = "mine") -> dict[str, Any]:
    answer: dict[str, Any] = scene.sc.import_as_provisioned_product(
        ProductId=product_id, ProvisioningArtifactId=version_id, ProvisionedProductName=name, PhysicalId=arn
    )
    return answer


def test_a_running_stack_becomes_a_provisioned_product_and_keeps_its_name(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    arn = stack(
        scene,
        Parameters=[{"ParameterKey": "Size", "ParameterValue": "large"}],
        Tags=[{"Key": "Team", "Value": "red"}],
    )

    answer = scene.settled(take_over(scene, product_id, version_id, arn))

    assert answer["RecordDetail"]["Status"] == "SUCCEEDED"
    (found,) = scene.sc.search_provisioned_products()["ProvisionedProducts"]
    assert (found["Status"], found["PhysicalId"], found["Tags"]) == (
        "AVAILABLE",
        arn,
        [{"Key": "Team", "Value": "red"}],
    )
    outputs = scene.sc.get_provisioned_product_outputs(ProvisionedProductName="mine")["Outputs"]
    assert {output["OutputKey"] for output in outputs} == {"CloudformationStackARN", "TopicArn"}

    changed = scene.settled(
        scene.sc.update_provisioned_product(
            ProvisionedProductName="mine",
            ProvisioningParameters=[
                {"Key": "Size", "UsePreviousValue": True},
                {"Key": "Name", "Value": "renamed"},
            ],
        )
    )
    assert changed["RecordDetail"]["Status"] == "SUCCEEDED"
    (described,) = scene.client("cloudformation", scene.hub).describe_stacks()["Stacks"]
    assert (described["StackId"], described["StackStatus"]) == (arn, "UPDATE_COMPLETE")
    values = {item["ParameterKey"]: item["ParameterValue"] for item in described["Parameters"]}
    assert values == {"Size": "large", "Name": "renamed"}

    scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductName="mine"))
    assert scene.client("cloudformation", scene.hub).describe_stacks()["Stacks"] == []


def test_constraints_hold_from_the_first_update_on(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    role = scene.role(scene.hub, "launcher")
    scene.constrain(portfolio_id, product_id, "LAUNCH", {"LocalRoleName": "launcher"})
    record = scene.settled(take_over(scene, product_id, version_id, stack(scene)))["RecordDetail"]
    assert "LaunchRoleArn" not in record

    updated = scene.settled(scene.sc.update_provisioned_product(ProvisionedProductName="mine"))["RecordDetail"]

    assert (updated["Status"], updated["LaunchRoleArn"]) == ("SUCCEEDED", role)


def test_what_is_no_stack_of_that_version_is_not_taken_over(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    take = scene.sc.import_as_provisioned_product
    given = {"ProductId": product_id, "ProvisioningArtifactId": version_id, "ProvisionedProductName": "mine"}
    prefix = f"arn:aws:cloudformation:us-east-1:{scene.hub}:stack"

    scene.refused("InvalidParametersException", take, PhysicalId="legacy", **given)
    scene.refused("InvalidParametersException", take, PhysicalId=stack(scene, "other", OTHER), **given)
    scene.refused("ResourceNotFoundException", take, PhysicalId=f"{prefix}/none/1", **given)
    nowhere = {**given, "ProductId": scene.product("other")[0]}
    scene.refused("ResourceNotFoundException", take, PhysicalId=f"{prefix}/none/1", **nowhere)
    assert scene.sc.scan_provisioned_products()["ProvisionedProducts"] == []


def test_a_stack_that_failed_is_not_taken_over(scene: Any) -> None:
    _, product_id, version_id = scene.placed(template=scene.broken)
    answer = scene.launch(product_id, version_id, "broken")
    arn = answer["RecordOutputs"][0]["OutputValue"]
    scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductName="broken", RetainPhysicalResources=True))

    message = scene.refused(
        "InvalidParametersException",
        scene.sc.import_as_provisioned_product,
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        ProvisionedProductName="mine",
        PhysicalId=arn,
    )

    assert message == f"{arn} is ROLLBACK_COMPLETE."


def test_a_nested_stack_is_not_taken_over(scene: Any) -> None:
    bucket = f"templates-{scene.hub}"
    virtual, path = f"https://{bucket}.s3.{REGION}.amazonaws.com", f"{scene.server.url}/{bucket}"
    url = scene.put_template(TEMPLATE).replace(virtual, path)
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    stack(scene, "parent", {"Resources": {"Child": child}})
    _, product_id, version_id = scene.placed()
    stacks = scene.client("cloudformation", scene.hub).describe_stacks()["Stacks"]
    (nested,) = [item["StackId"] for item in stacks if item["StackName"] != "parent"]

    message = scene.refused(
        "InvalidParametersException",
        scene.sc.import_as_provisioned_product,
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        ProvisionedProductName="mine",
        PhysicalId=nested,
    )

    assert message == f"{nested} is a nested stack."


def test_a_name_and_a_stack_are_taken_once(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    first, second = stack(scene), stack(scene, "second")
    scene.settled(take_over(scene, product_id, version_id, first))
    given = {"ProductId": product_id, "ProvisioningArtifactId": version_id}
    take = scene.sc.import_as_provisioned_product

    scene.refused("DuplicateResourceException", take, ProvisionedProductName="mine", PhysicalId=second, **given)
    scene.refused("DuplicateResourceException", take, ProvisionedProductName="other", PhysicalId=first, **given)


def test_one_stack_is_taken_over_at_a_time(scene: Any) -> None:
    slow = scene.core(lambda: 1.0, Delays(poll_seconds=DEADLINE_SECONDS, version_seconds=0.0))
    ask, version = scene.offered_by(slow)

    def take(name: str) -> Any:
        given = {"ProvisionedProductName": name, "PhysicalId": stack(scene, name), "IdempotencyToken": name}
        return ask("ImportAsProvisionedProduct", **given, **version)

    take("first")
    with pytest.raises(ServiceError) as refused:
        take("second")

    assert refused.value.code == "InvalidStateException"
    slow.reset()
