"""Plans: drawn up, looked at, carried out, deleted."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.servicecatalog.request import Delays
from tests.sandbox.servicecatalog.conftest import DEADLINE_SECONDS, PAUSE_SECONDS, TEMPLATE

LARGE = [{"Key": "Name", "Value": "large"}]
SECOND = {**TEMPLATE, "Resources": {**TEMPLATE["Resources"], "Second": {"Type": "AWS::SNS::Topic"}}}


def create(scene: Any, product_id: str, version_id: str, name: str = "mine", **given: Any) -> dict[str, Any]:
    """A plan, as it is answered."""
    answer: dict[str, Any] = scene.sc.create_provisioned_product_plan(
        PlanName="plan",
        PlanType="CLOUDFORMATION",
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        ProvisionedProductName=name,
        **given,
    )
    return answer


def drawn(scene: Any, plan: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of DescribeProvisionedProductPlan once the attempt at a change set is over."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        described: dict[str, Any] = scene.sc.describe_provisioned_product_plan(PlanId=plan["PlanId"])
        if described["ProvisionedProductPlanDetails"]["Status"] != "CREATE_IN_PROGRESS":
            return described
        time.sleep(PAUSE_SECONDS)
    raise TimeoutError(plan["PlanId"])


def details(scene: Any, plan: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = drawn(scene, plan)["ProvisionedProductPlanDetails"]
    return found


def executed(scene: Any, plan: Mapping[str, Any]) -> dict[str, Any]:
    drawn(scene, plan)
    answer: dict[str, Any] = scene.settled(scene.sc.execute_provisioned_product_plan(PlanId=plan["PlanId"]))
    return answer


def status(scene: Any, name: str = "mine") -> str:
    return str(scene.sc.describe_provisioned_product(Name=name)["ProvisionedProductDetail"]["Status"])


def stacks(scene: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.client("cloudformation", scene.hub).describe_stacks()["Stacks"]
    return found


def test_a_planned_launch_shows_its_changes_and_makes_nothing_until_it_is_executed(scene: Any) -> None:
    _, product_id, version_id = scene.placed()

    plan = create(scene, product_id, version_id, ProvisioningParameters=LARGE, Tags=[{"Key": "Team", "Value": "red"}])
    answer = drawn(scene, plan)

    found = answer["ProvisionedProductPlanDetails"]
    assert (found["Status"], found["PlanName"], found["ProvisionProductName"]) == ("CREATE_SUCCESS", "plan", "mine")
    assert (found["ProvisioningParameters"], found["Tags"]) == (LARGE, [{"Key": "Team", "Value": "red"}])
    (change,) = answer["ResourceChanges"]
    assert (change["Action"], change["LogicalResourceId"]) == ("ADD", "Topic")
    assert status(scene) == "PLAN_IN_PROGRESS"
    assert scene.client("sns", scene.hub).list_topics()["Topics"] == []

    record = executed(scene, plan)

    assert (record["RecordDetail"]["RecordType"], record["RecordDetail"]["Status"]) == (
        "PROVISION_PRODUCT",
        "SUCCEEDED",
    )
    assert {item["OutputKey"] for item in record["RecordOutputs"]} == {"CloudformationStackARN", "TopicArn"}
    assert status(scene) == "AVAILABLE"
    assert details(scene, plan)["Status"] == "EXECUTE_SUCCESS"
    assert len(scene.client("sns", scene.hub).list_topics()["Topics"]) == 1


def test_a_planned_update_shows_what_it_modifies_and_then_does_it(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")
    second = scene.version(product_id, "2.0.0", SECOND)

    plan = create(scene, product_id, second, ProvisioningParameters=LARGE)
    changes = drawn(scene, plan)["ResourceChanges"]

    assert {(change["LogicalResourceId"], change["Action"]) for change in changes} == {
        ("Topic", "MODIFY"),
        ("Second", "ADD"),
    }
    (modified,) = [change for change in changes if change["Action"] == "MODIFY"]
    assert modified["Scope"] == ["PROPERTIES"]
    assert modified["Replacement"] in ("TRUE", "FALSE", "CONDITIONAL")
    assert status(scene) == "AVAILABLE"
    assert executed(scene, plan)["RecordDetail"]["RecordType"] == "UPDATE_PROVISIONED_PRODUCT"
    launched = scene.sc.describe_provisioned_product(Name="mine")["ProvisionedProductDetail"]
    assert (launched["ProvisioningArtifactId"], launched["Status"]) == (second, "AVAILABLE")
    assert len(scene.client("sns", scene.hub).list_topics()["Topics"]) == 2
    scene.sc.delete_provisioned_product_plan(PlanId=plan["PlanId"])
    assert executed(scene, create(scene, product_id, version_id))["RecordDetail"]["Status"] == "SUCCEEDED"


def test_a_plan_without_changes_fails_and_says_so(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")

    plan = create(scene, product_id, version_id)
    found = details(scene, plan)

    assert (found["Status"], found["StatusMessage"]) == ("CREATE_FAILED", "No updates are to be performed.")
    scene.refused("InvalidStateException", scene.sc.execute_provisioned_product_plan, PlanId=plan["PlanId"])
    scene.sc.delete_provisioned_product_plan(PlanId=plan["PlanId"])
    assert status(scene) == "AVAILABLE"


def test_a_plan_that_cloudformation_refuses_fails_with_its_reason(scene: Any) -> None:
    _, product_id, version_id = scene.placed()

    plan = create(scene, product_id, version_id, ProvisioningParameters=[{"Key": "Size", "Value": "huge"}])
    found = details(scene, plan)

    assert found["Status"] == "CREATE_FAILED"
    assert "Size" in found["StatusMessage"]
    assert stacks(scene) == []


def test_a_provisioned_product_has_one_plan(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    plan = create(scene, product_id, version_id)
    drawn(scene, plan)
    given = {
        "PlanName": "other",
        "PlanType": "CLOUDFORMATION",
        "ProductId": product_id,
        "ProvisioningArtifactId": version_id,
        "ProvisionedProductName": "mine",
    }

    scene.refused("InvalidStateException", scene.sc.create_provisioned_product_plan, **given)
    scene.sc.delete_provisioned_product_plan(PlanId=plan["PlanId"])

    assert scene.sc.create_provisioned_product_plan(**given)["PlanId"] != plan["PlanId"]


def test_deleting_the_plan_of_a_launch_leaves_nothing(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    plan = create(scene, product_id, version_id)
    drawn(scene, plan)
    assert [stack["StackStatus"] for stack in stacks(scene)] == ["REVIEW_IN_PROGRESS"]

    scene.sc.delete_provisioned_product_plan(PlanId=plan["PlanId"])

    scene.refused("ResourceNotFoundException", scene.sc.describe_provisioned_product, Name="mine")
    scene.refused("ResourceNotFoundException", scene.sc.describe_provisioned_product_plan, PlanId=plan["PlanId"])
    assert stacks(scene) == []


def test_a_planned_launch_can_be_terminated_but_not_updated(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    drawn(scene, create(scene, product_id, version_id))

    scene.refused("InvalidParametersException", scene.sc.update_provisioned_product, ProvisionedProductName="mine")
    ended = scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductName="mine"))

    assert ended["RecordDetail"]["Status"] == "SUCCEEDED"
    assert scene.sc.list_provisioned_product_plans()["ProvisionedProductPlans"] == []
    assert stacks(scene) == []


def test_an_executed_plan_that_fails_tells_so_and_the_launch_is_in_error(scene: Any) -> None:
    _, product_id, version_id = scene.placed(template=scene.broken)
    plan = create(scene, product_id, version_id)

    assert executed(scene, plan)["RecordDetail"]["Status"] == "FAILED"

    assert (details(scene, plan)["Status"], status(scene)) == ("EXECUTE_FAILED", "ERROR")
    scene.sc.delete_provisioned_product_plan(PlanId=plan["PlanId"])
    assert status(scene) == "ERROR"


def test_a_planned_update_that_fails_taints(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")
    plan = create(scene, product_id, scene.version(product_id, "2.0.0", scene.broken))

    assert executed(scene, plan)["RecordDetail"]["Status"] == "FAILED"

    assert status(scene) == "TAINTED"
    launched = scene.sc.describe_provisioned_product(Name="mine")["ProvisionedProductDetail"]
    assert launched["ProvisioningArtifactId"] == version_id


def test_a_plan_is_drawn_in_the_launch_roles_name(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    role = scene.role(scene.hub, "launcher")
    scene.constrain(portfolio_id, product_id, "LAUNCH", {"LocalRoleName": "launcher"})
    plan = create(scene, product_id, version_id)

    assert executed(scene, plan)["RecordDetail"]["LaunchRoleArn"] == role

    scene.client("iam", scene.hub).delete_role(RoleName="launcher")
    found = details(scene, create(scene, product_id, version_id, "other"))
    assert found["Status"] == "CREATE_FAILED"
    assert found["StatusMessage"] == f"Access denied while assuming the role {role}"


def test_a_plan_is_worth_nothing_once_the_launch_has_changed(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")
    plan = create(scene, product_id, version_id, ProvisioningParameters=LARGE)
    assert details(scene, plan)["Status"] == "CREATE_SUCCESS"
    scene.settled(scene.sc.update_provisioned_product(ProvisionedProductName="mine"))

    scene.refused("InvalidStateException", scene.sc.execute_provisioned_product_plan, PlanId=plan["PlanId"])


def test_a_plan_that_cloudformation_does_not_let_go_is_deleted_only_by_force(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.role(scene.hub, "launcher")
    scene.constrain(portfolio_id, product_id, "LAUNCH", {"LocalRoleName": "launcher"})
    plan = create(scene, product_id, version_id)
    drawn(scene, plan)
    scene.client("iam", scene.hub).delete_role(RoleName="launcher")
    delete = scene.sc.delete_provisioned_product_plan

    scene.refused("InvalidParametersException", delete, PlanId=plan["PlanId"])
    delete(PlanId=plan["PlanId"], IgnoreErrors=True)

    scene.refused("ResourceNotFoundException", scene.sc.describe_provisioned_product, Name="mine")
    assert [stack["StackStatus"] for stack in stacks(scene)] == ["REVIEW_IN_PROGRESS"]


def test_a_launch_in_error_is_not_planned(scene: Any) -> None:
    _, product_id, version_id = scene.placed(template=scene.broken)
    scene.launch(product_id, version_id, "mine")
    given = {"PlanName": "plan", "PlanType": "CLOUDFORMATION", "ProvisionedProductName": "mine"}

    scene.refused(
        "InvalidStateException",
        scene.sc.create_provisioned_product_plan,
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        **given,
    )


def test_a_new_launch_has_no_previous_values(scene: Any) -> None:
    _, product_id, version_id = scene.placed()

    scene.refused(
        "InvalidParametersException",
        scene.sc.create_provisioned_product_plan,
        PlanName="plan",
        PlanType="CLOUDFORMATION",
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        ProvisionedProductName="mine",
        ProvisioningParameters=[{"Key": "Size", "UsePreviousValue": True}],
    )
    scene.refused("ResourceNotFoundException", scene.sc.describe_provisioned_product, Name="mine")


def test_plans_are_listed_by_provisioned_product_and_by_who_made_them(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    plans = [create(scene, product_id, version_id, name) for name in ("one", "two")]
    other = scene.as_role("servicecatalog", scene.role(scene.hub, "other"))
    account = {"AccessLevelFilter": {"Key": "Account", "Value": "self"}}

    def listed(client: Any, **given: Any) -> list[str]:
        return [plan["PlanId"] for plan in client.list_provisioned_product_plans(**given)["ProvisionedProductPlans"]]

    ids = [plan["PlanId"] for plan in plans]
    assert listed(scene.sc) == ids
    assert listed(scene.sc, ProvisionProductId=plans[1]["ProvisionProductId"]) == ids[1:]
    assert (listed(other), listed(other, **account), listed(scene.spoke_sc, **account)) == ([], ids, [])


def test_while_a_plan_is_being_drawn_nothing_else_is_done_with_it(scene: Any) -> None:
    slow = scene.core(time.time, Delays(poll_seconds=DEADLINE_SECONDS, version_seconds=0.0))
    ask, version = scene.offered_by(slow)
    named = {"PlanName": "plan", "PlanType": "CLOUDFORMATION", "ProvisionedProductName": "mine"}
    plan = ask("CreateProvisionedProductPlan", IdempotencyToken="t", **named, **version)["PlanId"]

    described = ask("DescribeProvisionedProductPlan", PlanId=plan)["ProvisionedProductPlanDetails"]
    assert described["Status"] == "CREATE_IN_PROGRESS"
    for operation, given, code in (
        ("ExecuteProvisionedProductPlan", {"PlanId": plan, "IdempotencyToken": "t"}, "InvalidStateException"),
        ("DeleteProvisionedProductPlan", {"PlanId": plan}, "InvalidParametersException"),
        (
            "TerminateProvisionedProduct",
            {"ProvisionedProductName": "mine", "TerminateToken": "t"},
            "ValidationException",
        ),
    ):
        with pytest.raises(ServiceError) as refused:
            ask(operation, **given)
        assert refused.value.code == code, operation
    slow.reset()
