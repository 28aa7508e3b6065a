"""Launches through their states, in whose name, and what is left when they fail."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from factory.sandbox.servicecatalog.request import Delays

SIZE = [{"Key": "Size", "Value": "large"}]
RULES = {
    "OnlySmall": {
        "Assertions": [
            {"Assert": {"Fn::Equals": [{"Ref": "Size"}, "small"]}, "AssertDescription": "Only small ones here"}
        ]
    }
}


def failure(answer: dict[str, Any]) -> str:
    """The description of the one error of a failed record."""
    assert answer["RecordDetail"]["Status"] == "FAILED"
    (error,) = answer["RecordDetail"]["RecordErrors"]
    return str(error["Description"])


def launched(scene: Any, name: str, client: Any = None) -> dict[str, Any]:
    """The launched product of that name."""
    found: dict[str, Any] = (client or scene.sc).describe_provisioned_product(Name=name)["ProvisionedProductDetail"]
    return found


def updated(scene: Any, **given: Any) -> dict[str, Any]:
    """The settled record of an update."""
    answer: dict[str, Any] = scene.settled(scene.sc.update_provisioned_product(**given))
    return answer


def topic_name(scene: Any, answer: dict[str, Any], account: str) -> str:
    """What the launched topic is called."""
    arn = next(item["OutputValue"] for item in answer["RecordOutputs"] if item["OutputKey"] == "TopicArn")
    return str(scene.client("sns", account).get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"])


def test_a_launch_from_the_hub_to_a_spoke_in_the_launch_roles_name(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    scene.role(scene.hub, "launcher")
    role = scene.role(scene.spoke, "launcher")
    scene.constrain(portfolio_id, product_id, "LAUNCH", {"LocalRoleName": "launcher"})
    scene.shared(portfolio_id)
    path = scene.spoke_sc.list_launch_paths(ProductId=product_id)["LaunchPathSummaries"][0]

    record = scene.spoke_sc.provision_product(
        ProductName="topic",
        ProvisioningArtifactName="1.0.0",
        PathName="Portfolio",
        ProvisionedProductName="mine",
        ProvisioningParameters=SIZE,
    )["RecordDetail"]
    answer = scene.settled({"RecordDetail": record}, scene.spoke_sc)

    assert (record["Status"], record["RecordType"]) == ("CREATED", "PROVISION_PRODUCT")
    assert (record["PathId"], record["LaunchRoleArn"]) == (path["Id"], role)
    assert answer["RecordDetail"]["Status"] == "SUCCEEDED"
    stack, topic = answer["RecordOutputs"]
    assert stack["OutputKey"] == "CloudformationStackARN"
    assert f":{scene.spoke}:stack/SC-{scene.spoke}-{record['ProvisionedProductId']}/" in stack["OutputValue"]
    assert (topic["OutputKey"], topic["Description"]) == ("TopicArn", "The topic")
    assert scene.client("cloudformation", scene.hub).describe_stacks()["Stacks"] == []
    assert launched(scene, "mine", scene.spoke_sc)["Status"] == "AVAILABLE"
    (found,) = scene.spoke_sc.search_provisioned_products()["ProvisionedProducts"]
    assert found["PhysicalId"] == stack["OutputValue"]
    outputs = scene.spoke_sc.get_provisioned_product_outputs(ProvisionedProductName="mine", OutputKeys=["TopicArn"])
    assert outputs["Outputs"] == [topic]


def test_a_local_role_that_the_spoke_lacks_fails_the_launch(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.role(scene.hub, "launcher")
    scene.constrain(portfolio_id, product_id, "LAUNCH", {"LocalRoleName": "launcher"})
    scene.shared(portfolio_id)

    answer = scene.launch(product_id, version_id, "mine", scene.spoke_sc)

    assert failure(answer) == f"Access denied while assuming the role arn:aws:iam::{scene.spoke}:role/launcher"
    assert launched(scene, "mine", scene.spoke_sc)["Status"] == "ERROR"


def test_a_role_arn_launches_in_the_account_of_the_role(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    role = scene.role(scene.hub, "launcher")
    scene.constrain(portfolio_id, product_id, "LAUNCH", {"RoleArn": role})
    scene.shared(portfolio_id)

    answer = scene.launch(product_id, version_id, "mine", scene.spoke_sc)

    assert f":{scene.hub}:stack/" in answer["RecordOutputs"][0]["OutputValue"]


def test_a_stack_that_fails_is_rolled_back_and_the_product_is_in_error(scene: Any) -> None:
    _, product_id, version_id = scene.placed(template=scene.broken)

    answer = scene.launch(product_id, version_id, "mine")

    assert "Failing (AWS::IAM::Policy)" in failure(answer)
    assert answer["RecordOutputs"][0]["OutputKey"] == "CloudformationStackARN"
    found = launched(scene, "mine")
    assert found["Status"] == "ERROR"
    assert "Failing (AWS::IAM::Policy)" in found["StatusMessage"]
    assert "LastSuccessfulProvisioningRecordId" not in found
    assert scene.client("sns", scene.hub).list_topics()["Topics"] == []
    assert updated(scene, ProvisionedProductName="mine")["RecordDetail"]["Status"] == "FAILED"
    assert launched(scene, "mine")["Status"] == "ERROR"
    ended = scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductName="mine"))
    assert ended["RecordDetail"]["Status"] == "SUCCEEDED"


def test_a_wrong_parameter_fails_the_record_and_makes_nothing(scene: Any) -> None:
    _, product_id, version_id = scene.placed()

    answer = scene.launch(product_id, version_id, "mine", ProvisioningParameters=[{"Key": "Size", "Value": "huge"}])

    assert "Size" in failure(answer)
    assert "(Service: AmazonCloudFormation; Status Code: 400; Error Code: ValidationError;" in failure(answer)
    found = launched(scene, "mine")
    assert found["Status"] == "ERROR"
    assert found["StatusMessage"].startswith("AmazonCloudFormationException  ")
    assert scene.client("cloudformation", scene.hub).describe_stacks()["Stacks"] == []


def test_a_template_constraint_holds_for_every_version(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    newer = scene.version(product_id, "1.1.0")
    scene.constrain(portfolio_id, product_id, "TEMPLATE", {"Rules": RULES})

    for number, version in enumerate((version_id, newer)):
        answer = scene.launch(product_id, version, f"refused-{number}", ProvisioningParameters=SIZE)
        assert "Only small ones here" in failure(answer)
    assert scene.launch(product_id, version_id, "mine")["RecordDetail"]["Status"] == "SUCCEEDED"
    described = scene.sc.describe_provisioning_parameters(ProductId=product_id, ProvisioningArtifactId=newer)
    instructions = {item["Type"]: item["Value"] for item in described["UsageInstructions"]}
    assert json.loads(instructions["rules"]) == RULES


def test_an_update_takes_new_and_previous_values(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    newer = scene.version(product_id, "1.1.0")
    scene.launch(product_id, version_id, "mine", ProvisioningParameters=[{"Key": "Name", "Value": "first"}])

    answer = updated(
        scene,
        ProvisionedProductName="mine",
        ProvisioningArtifactId=newer,
        ProvisioningParameters=[{"Key": "Name", "UsePreviousValue": True}, *SIZE],
    )
    assert (answer["RecordDetail"]["Status"], answer["RecordDetail"]["RecordType"]) == (
        "SUCCEEDED",
        "UPDATE_PROVISIONED_PRODUCT",
    )
    assert topic_name(scene, answer, scene.hub) == "first"
    assert launched(scene, "mine")["ProvisioningArtifactId"] == newer

    answer = updated(scene, ProvisionedProductName="mine", ProvisioningParameters=[{"Key": "Name", "Value": "second"}])
    assert topic_name(scene, answer, scene.hub) == "second"
    assert launched(scene, "mine")["Status"] == "AVAILABLE"


def test_an_update_without_changes_succeeds(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")

    assert updated(scene, ProvisionedProductName="mine")["RecordDetail"]["Status"] == "SUCCEEDED"
    assert launched(scene, "mine")["Status"] == "AVAILABLE"


def test_a_parameter_that_the_old_version_lacked_has_no_previous_value(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")

    for parameter in (
        {"Key": "New", "UsePreviousValue": True},
        {"Key": "Name", "UsePreviousValue": True, "Value": "x"},
        {"Value": "x"},
    ):
        scene.refused(
            "InvalidParametersException",
            scene.sc.update_provisioned_product,
            ProvisionedProductName="mine",
            ProvisioningParameters=[parameter],
        )


def test_a_failed_update_taints_and_the_next_one_repairs(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    broken = scene.version(product_id, "2.0.0", scene.broken)
    scene.launch(product_id, version_id, "mine", ProvisioningParameters=[{"Key": "Name", "Value": "first"}])

    answer = updated(scene, ProvisionedProductName="mine", ProvisioningArtifactId=broken)

    assert "Failing (AWS::IAM::Policy)" in failure(answer)
    found = launched(scene, "mine")
    assert (found["Status"], found["ProvisioningArtifactId"]) == ("TAINTED", version_id)
    repaired = updated(
        scene, ProvisionedProductName="mine", ProvisioningParameters=[{"Key": "Name", "UsePreviousValue": True}]
    )
    assert repaired["RecordDetail"]["Status"] == "SUCCEEDED"
    found = launched(scene, "mine")
    assert found["Status"] == "AVAILABLE"
    assert found["LastSuccessfulProvisioningRecordId"] == repaired["RecordDetail"]["RecordId"]


def test_a_refused_update_taints(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")

    answer = updated(scene, ProvisionedProductName="mine", ProvisioningParameters=[{"Key": "Size", "Value": "huge"}])

    assert "Size" in failure(answer)
    assert launched(scene, "mine")["Status"] == "TAINTED"


def test_a_terminated_product_is_gone_with_its_stack_and_its_records_stay(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    answer = scene.launch(product_id, version_id, "mine")

    ended = scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductName="mine"))

    assert ended["RecordDetail"]["RecordType"] == "TERMINATE_PROVISIONED_PRODUCT"
    assert ended["RecordDetail"]["Status"] == "SUCCEEDED"
    assert scene.client("sns", scene.hub).list_topics()["Topics"] == []
    assert scene.sc.scan_provisioned_products()["ProvisionedProducts"] == []
    scene.refused("ResourceNotFoundException", scene.sc.terminate_provisioned_product, ProvisionedProductName="mine")
    assert scene.sc.describe_record(Id=answer["RecordDetail"]["RecordId"])["RecordOutputs"]
    assert scene.launch(product_id, version_id, "mine")["RecordDetail"]["Status"] == "SUCCEEDED"


def test_termination_can_leave_the_stack_alone(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")

    scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductName="mine", RetainPhysicalResources=True))

    assert scene.sc.scan_provisioned_products()["ProvisionedProducts"] == []
    assert len(scene.client("sns", scene.hub).list_topics()["Topics"]) == 1


def test_a_termination_that_fails_taints_unless_errors_are_ignored(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.role(scene.hub, "launcher")
    scene.constrain(portfolio_id, product_id, "LAUNCH", {"LocalRoleName": "launcher"})
    scene.launch(product_id, version_id, "mine")
    scene.client("iam", scene.hub).delete_role(RoleName="launcher")

    ended = scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductName="mine"))
    assert "Access denied" in failure(ended)
    assert launched(scene, "mine")["Status"] == "TAINTED"

    scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductName="mine", IgnoreErrors=True))
    assert scene.sc.scan_provisioned_products()["ProvisionedProducts"] == []


class Paused:
    """A catalog whose launches wait: no stack is looked at before the next poll, which is far away."""

    def __init__(self, scene: Any) -> None:
        self.core = scene.core(time.time, Delays(version_seconds=0, constraint_seconds=0, poll_seconds=3600))
        self.caller = self.core.caller(scene.hub, "us-east-1")
        properties = scene.version_properties()
        product = self.handle(
            "CreateProduct",
            Name="topic",
            Owner="me",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters=properties,
            IdempotencyToken="product",
        )
        self.product_id = product["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
        self.version_id = product["ProvisioningArtifactDetail"]["Id"]
        portfolio = self.handle("CreatePortfolio", DisplayName="P", ProviderName="me", IdempotencyToken="portfolio")
        self.handle(
            "AssociateProductWithPortfolio",
            ProductId=self.product_id,
            PortfolioId=portfolio["PortfolioDetail"]["Id"],
        )

    def handle(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self.core.handle(operation, parameters, self.caller)

    def provision(self, name: str) -> dict[str, Any]:
        return self.handle(
            "ProvisionProduct",
            ProductId=self.product_id,
            ProvisioningArtifactId=self.version_id,
            ProvisionedProductName=name,
            ProvisionToken=name,
        )["RecordDetail"]


@pytest.fixture
def paused(scene: Any) -> Any:
    catalog = Paused(scene)
    yield catalog
    catalog.core.reset()


def test_a_product_under_change_takes_no_further_request(paused: Paused) -> None:
    record = paused.provision("mine")

    assert record["Status"] == "CREATED"
    described = paused.handle("DescribeProvisionedProduct", Name="mine")["ProvisionedProductDetail"]
    assert (described["Status"], described["LastRecordId"]) == ("UNDER_CHANGE", record["RecordId"])
    for operation, token in (
        ("UpdateProvisionedProduct", "UpdateToken"),
        ("TerminateProvisionedProduct", "TerminateToken"),
    ):
        with pytest.raises(Exception, match="is under change"):
            paused.handle(operation, ProvisionedProductName="mine", **{token: "other"})
    with pytest.raises(Exception, match="InvalidStateException"):
        paused.handle(
            "UpdateProvisionedProductProperties",
            ProvisionedProductId=described["Id"],
            ProvisionedProductProperties={"OWNER": paused.caller.arn},
            IdempotencyToken="t",
        )


def test_a_name_is_taken_once(paused: Paused) -> None:
    paused.provision("mine")

    with pytest.raises(Exception, match="A stack named mine already exists"):
        paused.handle(
            "ProvisionProduct",
            ProductId=paused.product_id,
            ProvisioningArtifactId=paused.version_id,
            ProvisionedProductName="mine",
            ProvisionToken="another",
        )


def test_reset_lets_launches_end_quietly(paused: Paused) -> None:
    record = paused.provision("mine")
    (thread,) = [one for one in threading.enumerate() if one.name == f"launch-{record['RecordId']}"]
    assert thread.is_alive()

    paused.core.reset()
    thread.join(30)

    assert not thread.is_alive()
    assert paused.handle("ScanProvisionedProducts") == {"ProvisionedProducts": []}
