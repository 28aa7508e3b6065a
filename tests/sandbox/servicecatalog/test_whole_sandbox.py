"""Plans and imports in the sandbox as users start it, whose stack engine is stricter than the emulator's own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.servicecatalog.conftest import DEADLINE_SECONDS, PAUSE_SECONDS, TEMPLATE

Aws = Callable[[str], Any]


@pytest.fixture
def version(aws: Aws, account: str) -> dict[str, str]:
    """A product that may be launched, and its version, by their ids."""
    bucket = f"templates-{account}"
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="t.json", Body=json.dumps(TEMPLATE).encode())
    sc = aws("servicecatalog")
    made = sc.create_product(
        Name="topic",
        Owner="Platform",
        ProductType="CLOUD_FORMATION_TEMPLATE",
        ProvisioningArtifactParameters={
            "Name": "1.0.0",
            "Info": {"LoadTemplateFromURL": f"https://{bucket}.s3.us-east-1.amazonaws.com/t.json"},
        },
    )
    portfolio = sc.create_portfolio(DisplayName="Portfolio", ProviderName="Platform")["PortfolioDetail"]["Id"]
    product = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    sc.associate_product_with_portfolio(ProductId=product, PortfolioId=portfolio)
    ids = {"ProductId": product, "ProvisioningArtifactId": made["ProvisioningArtifactDetail"]["Id"]}
    until(lambda: sc.describe_provisioning_artifact(**ids)["Status"] == "AVAILABLE")
    return ids


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(PAUSE_SECONDS)


def succeeded(sc: Any, record: dict[str, Any]) -> bool:
    found = sc.describe_record(Id=record["RecordDetail"]["RecordId"])["RecordDetail"]
    assert found["Status"] != "FAILED", found["RecordErrors"]
    return bool(found["Status"] == "SUCCEEDED")


def planned(sc: Any, version: dict[str, str], **given: Any) -> tuple[str, dict[str, Any]]:
    """A plan once it is drawn: its id and its details."""
    plan = sc.create_provisioned_product_plan(
        PlanName="plan", PlanType="CLOUDFORMATION", ProvisionedProductName="mine", **version, **given
    )["PlanId"]

    def details() -> dict[str, Any]:
        found: dict[str, Any] = sc.describe_provisioned_product_plan(PlanId=plan)["ProvisionedProductPlanDetails"]
        return found

    until(lambda: details()["Status"] != "CREATE_IN_PROGRESS")
    return plan, details()


def test_a_launch_and_its_updates_are_planned(aws: Aws, version: dict[str, str]) -> None:
    sc = aws("servicecatalog")
    for number, name in enumerate(("one", "two"), start=1):
        plan, details = planned(sc, version, ProvisioningParameters=[{"Key": "Name", "Value": name}])
        assert details["Status"] == "CREATE_SUCCESS", details["StatusMessage"]
        record = sc.execute_provisioned_product_plan(PlanId=plan)
        until(lambda record=record: succeeded(sc, record))
        sc.delete_provisioned_product_plan(PlanId=plan)
        assert len(sc.list_record_history()["RecordDetails"]) == number

    _, details = planned(sc, version, ProvisioningParameters=[{"Key": "Name", "UsePreviousValue": True}])
    assert (details["Status"], details["StatusMessage"]) == ("CREATE_FAILED", "No updates are to be performed.")


def test_a_plan_that_is_given_up_leaves_nothing(aws: Aws, version: dict[str, str]) -> None:
    sc = aws("servicecatalog")
    plan, details = planned(sc, version)
    assert details["Status"] == "CREATE_SUCCESS", details["StatusMessage"]

    sc.delete_provisioned_product_plan(PlanId=plan)

    assert aws("cloudformation").describe_stacks()["Stacks"] == []
    assert sc.scan_provisioned_products()["ProvisionedProducts"] == []


def test_a_running_stack_is_taken_over_and_updated(aws: Aws, version: dict[str, str]) -> None:
    sc, cloudformation = aws("servicecatalog"), aws("cloudformation")
    stack = cloudformation.create_stack(StackName="legacy", TemplateBody=json.dumps(TEMPLATE))["StackId"]
    cloudformation.get_waiter("stack_create_complete").wait(StackName="legacy", WaiterConfig={"Delay": 0})

    record = sc.import_as_provisioned_product(**version, ProvisionedProductName="mine", PhysicalId=stack)
    until(lambda: succeeded(sc, record))
    update = sc.update_provisioned_product(
        ProvisionedProductName="mine", ProvisioningParameters=[{"Key": "Size", "Value": "large"}]
    )
    until(lambda: succeeded(sc, update))

    (found,) = cloudformation.describe_stacks()["Stacks"]
    assert found["StackId"] == stack
