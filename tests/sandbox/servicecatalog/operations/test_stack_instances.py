"""Launches under a STACKSET constraint, and their stack instances."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.servicecatalog.conftest import REGION, TEMPLATE

LARGE = [{"Key": "Size", "Value": "large"}]


def stacks(scene: Any, account: str, region: str) -> list[str]:
    found = scene.client("cloudformation", account, region=region).describe_stacks()["Stacks"]
    return [stack["StackName"] for stack in found if stack["StackStatus"] != "DELETE_COMPLETE"]


def everywhere(scene: Any) -> list[tuple[str, str]]:
    return [(account, region) for region in ("eu-west-1", REGION) for account in (scene.hub, scene.spoke)]


def test_a_launch_that_is_a_stack_has_no_stack_instances(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    identifier = scene.launch(product_id, version_id, "mine")["RecordDetail"]["ProvisionedProductId"]
    instances = scene.sc.list_stack_instances_for_provisioned_product

    scene.refused("InvalidParametersException", instances, ProvisionedProductId=identifier)
    scene.refused("ResourceNotFoundException", instances, ProvisionedProductId="pp-none")
    for kind in ("UPDATE", "CREATE", "DELETE"):
        scene.refused(
            "InvalidParametersException",
            scene.sc.update_provisioned_product,
            ProvisionedProductId=identifier,
            ProvisioningPreferences={"StackSetOperationType": kind},
        )


def test_a_stack_set_is_launched_updated_and_terminated_everywhere(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    settings = scene.stack_set(portfolio_id, product_id)

    described = scene.sc.describe_provisioning_parameters(ProductId=product_id, ProvisioningArtifactId=version_id)
    assert described["ProvisioningArtifactPreferences"] == {
        "StackSetAccounts": settings["AccountList"],
        "StackSetRegions": settings["RegionList"],
    }

    record = scene.launch(product_id, version_id, "mine")
    assert record["RecordDetail"]["Status"] == "SUCCEEDED", record["RecordDetail"]["RecordErrors"]
    assert record["RecordDetail"]["ProvisionedProductType"] == "CFN_STACKSET"
    launched_id = record["RecordDetail"]["ProvisionedProductId"]
    assert scene.instances(launched_id) == dict.fromkeys(everywhere(scene), "CURRENT")
    (found,) = scene.sc.search_provisioned_products(Filters={"SearchQuery": ["type:CFN_STACKSET"]})[
        "ProvisionedProducts"
    ]
    assert found["PhysicalId"].startswith(f"arn:aws:cloudformation:{REGION}:{scene.hub}:stackset/SC-{scene.hub}-pp-")
    (output,) = record["RecordOutputs"]
    assert output["OutputValue"] == found["PhysicalId"]
    (name,) = stacks(scene, scene.spoke, "eu-west-1")
    assert name.startswith(f"StackSet-SC-{scene.hub}-{launched_id}-")

    update = scene.sc.update_provisioned_product(
        ProvisionedProductId=launched_id,
        ProvisioningArtifactId=version_id,
        ProvisioningParameters=[*LARGE, {"Key": "Name", "UsePreviousValue": True}],
    )
    assert scene.settled(update)["RecordDetail"]["Status"] == "SUCCEEDED"
    stack = scene.client("cloudformation", scene.spoke).describe_stacks()["Stacks"][0]
    assert {"ParameterKey": "Size", "ParameterValue": "large"} in stack["Parameters"]

    terminated = scene.sc.terminate_provisioned_product(ProvisionedProductId=launched_id)
    assert scene.settled(terminated)["RecordDetail"]["Status"] == "SUCCEEDED"
    assert [stacks(scene, *place) for place in everywhere(scene)] == [[], [], [], []]
    (left,) = scene.client("cloudformation", scene.hub).list_stack_sets()["Summaries"]
    assert left["Status"] == "DELETED"
    scene.refused("ResourceNotFoundException", scene.sc.describe_provisioned_product, Id=launched_id)


def test_instances_are_made_and_deleted_one_by_one_where_the_constraint_allows_it(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.stack_set(portfolio_id, product_id, StackInstanceControl="ALLOWED")
    here = {"StackSetAccounts": [scene.spoke], "StackSetRegions": [REGION]}
    record = scene.launch(product_id, version_id, "mine", ProvisioningPreferences=here)
    launched_id = record["RecordDetail"]["ProvisionedProductId"]
    assert scene.instances(launched_id) == {(scene.spoke, REGION): "CURRENT"}

    def change(kind: str, **places: Any) -> str:
        answer = scene.sc.update_provisioned_product(
            ProvisionedProductId=launched_id, ProvisioningPreferences={"StackSetOperationType": kind, **places}
        )
        return str(scene.settled(answer)["RecordDetail"]["Status"])

    assert change("CREATE", StackSetAccounts=[scene.hub], StackSetRegions=[REGION]) == "SUCCEEDED"
    assert scene.instances(launched_id) == {(scene.spoke, REGION): "CURRENT", (scene.hub, REGION): "CURRENT"}
    assert change("DELETE", **here) == "SUCCEEDED"
    assert scene.instances(launched_id) == {(scene.hub, REGION): "CURRENT"}
    assert stacks(scene, scene.spoke, REGION) == []

    elsewhere = {"StackSetRegions": ["ap-south-1"]}
    update = scene.sc.update_provisioned_product
    message = scene.refused(
        "InvalidParametersException", update, ProvisionedProductId=launched_id, ProvisioningPreferences=elsewhere
    )
    assert message == "The STACKSET constraint does not have Region ap-south-1."

    retained = scene.sc.terminate_provisioned_product(ProvisionedProductId=launched_id, RetainPhysicalResources=True)
    assert scene.settled(retained)["RecordDetail"]["Status"] == "SUCCEEDED"
    assert len(stacks(scene, scene.hub, REGION)) == 1


def test_what_fails_first_keeps_the_rest_from_being_tried(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed(template=scene.broken)
    scene.stack_set(portfolio_id, product_id)

    failed = scene.launch(product_id, version_id, "mine")

    (error,) = failed["RecordDetail"]["RecordErrors"]
    assert error["Description"].startswith(
        f"{scene.hub} in eu-west-1: ResourceLogicalId:Failing, ResourceType:AWS::IAM::Policy, ResourceStatusReason:"
    )
    launched_id = failed["RecordDetail"]["ProvisionedProductId"]
    product = scene.sc.describe_provisioned_product(Id=launched_id)["ProvisionedProductDetail"]
    assert (product["Type"], product["Status"]) == ("CFN_STACKSET", "ERROR")
    assert scene.instances(launched_id) == dict.fromkeys(everywhere(scene), "OUTDATED")
    terminated = scene.sc.terminate_provisioned_product(ProvisionedProductId=launched_id)
    assert scene.settled(terminated)["RecordDetail"]["Status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    "preferences",
    [
        {"StackSetAccounts": ["999999999999"]},
        {"StackSetFailureToleranceCount": 1, "StackSetFailureTolerancePercentage": 10},
        {"StackSetMaxConcurrencyCount": 1, "StackSetMaxConcurrencyPercentage": 10},
    ],
)
def test_wrong_preferences_are_refused(scene: Any, preferences: dict[str, Any]) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.stack_set(portfolio_id, product_id)

    scene.refused(
        "InvalidParametersException",
        scene.sc.provision_product,
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        ProvisionedProductName="mine",
        ProvisioningPreferences=preferences,
    )
    assert scene.sc.list_record_history()["RecordDetails"] == []


def test_users_change_no_instances_unless_the_constraint_allows_it(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.stack_set(portfolio_id, product_id)
    places = {"StackSetAccounts": [scene.hub], "StackSetRegions": [REGION]}
    launched = scene.launch(product_id, version_id, "mine", ProvisioningPreferences=places)
    update = scene.sc.update_provisioned_product

    for kind in ("CREATE", "DELETE"):
        scene.refused(
            "InvalidParametersException",
            update,
            ProvisionedProductId=launched["RecordDetail"]["ProvisionedProductId"],
            ProvisioningPreferences={"StackSetOperationType": kind},
        )
    scene.refused(
        "InvalidParametersException",
        scene.sc.create_provisioned_product_plan,
        PlanName="plan",
        PlanType="CLOUDFORMATION",
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        ProvisionedProductName="planned",
    )


def test_an_administration_role_of_another_account_cannot_be_passed(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.stack_set(portfolio_id, product_id)
    scene.shared(portfolio_id)
    record = scene.launch(product_id, version_id, "mine", scene.spoke_sc)

    (error,) = record["RecordDetail"]["RecordErrors"]
    assert error["Description"].startswith("Cross-account pass role is not allowed.")


def test_a_template_of_any_size_becomes_a_stack_set(scene: Any) -> None:
    described = {f"Mapping{index}": {"key": {"value": "x" * 200}} for index in range(180)}
    portfolio_id, product_id, version_id = scene.placed(template={**TEMPLATE, "Mappings": described})
    assert len(json.dumps(described)) > 51_200 // 2
    scene.stack_set(portfolio_id, product_id)

    record = scene.launch(product_id, version_id, "mine")

    assert record["RecordDetail"]["Status"] == "SUCCEEDED", record["RecordDetail"]["RecordErrors"]
