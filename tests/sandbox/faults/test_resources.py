"""Resources of stacks that fail or take long."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.sandbox.faults.conftest import DEV, Client, Hurting

REASON = "There is no capacity."


def template(name: str, period: int = 60) -> str:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
    queues = {
        logical_id: {
            "Type": "AWS::SQS::Queue",
            "DependsOn": "Topic",
            "Properties": {"QueueName": f"{name}-{logical_id}", "MessageRetentionPeriod": period},
        }
        for logical_id in ("First", "Second")
    }
    return json.dumps({"Resources": {"Topic": topic, **queues}})


class Stacks:
    """CloudFormation, waiting for each step's end."""

    def __init__(self, client: Client) -> None:
        self.cloudformation = client("cloudformation")
        self.sns = client("sns")

    def create(self, name: str) -> str:
        self.cloudformation.create_stack(StackName=name, TemplateBody=template(name))
        return self.ended("stack_create_complete", name)

    def update(self, name: str, period: int) -> str:
        self.cloudformation.update_stack(StackName=name, TemplateBody=template(name, period))
        return self.ended("stack_update_complete", name)

    def delete(self, name: str) -> str:
        identifier = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        self.cloudformation.delete_stack(StackName=name)
        return self.ended("stack_delete_complete", identifier)

    def failures(self, name: str) -> dict[str, str]:
        events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
        return {event["LogicalResourceId"]: event["ResourceStatusReason"] for event in failed}

    def topics(self) -> list[str]:
        return [topic["TopicArn"].rpartition(":")[2] for topic in self.sns.list_topics()["Topics"]]

    def ended(self, state: str, name: str) -> str:
        with contextlib.suppress(WaiterError):
            self.cloudformation.get_waiter(state).wait(StackName=name, WaiterConfig={"Delay": 0.1})
        status: str = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        return status


@pytest.fixture
def stacks(client: Client) -> Stacks:
    return Stacks(client)


def failing(step: str = "create", **given: Any) -> dict[str, Any]:
    return {"type": "AWS::SQS::Queue", "step": step, "reason": REASON, **given}


def test_a_resource_that_cannot_be_made_rolls_the_stack_back(faults: Hurting, stacks: Stacks) -> None:
    faults.set(resources=(failing(**{"logical-id": "Second"}),))
    assert stacks.create("unmade") == "ROLLBACK_COMPLETE"
    assert stacks.failures("unmade")["Second"] == REASON
    assert "unmade" not in stacks.topics()
    assert faults.fired() == [1]


def test_a_resource_that_cannot_be_changed_leaves_the_stack_as_it_was(faults: Hurting, stacks: Stacks) -> None:
    stacks.create("changed")
    faults.set(resources=(failing("update", times=1),))
    assert stacks.update("changed", 120) == "UPDATE_ROLLBACK_COMPLETE"
    assert REASON in stacks.failures("changed").values()
    assert faults.fired() == [1]
    assert stacks.update("changed", 120) == "UPDATE_COMPLETE"


def test_a_resource_that_cannot_be_deleted_keeps_the_stack(faults: Hurting, stacks: Stacks) -> None:
    stacks.create("kept")
    faults.set(resources=(failing("delete", nth=1),))
    assert stacks.delete("kept") == "DELETE_FAILED"
    assert faults.fired() == [1]
    assert stacks.delete("kept") == "DELETE_COMPLETE"


def test_a_slow_resource_takes_its_time(faults: Hurting, stacks: Stacks) -> None:
    faults.set(resources=({"type": "AWS::SNS::Topic", "seconds": 1},))
    begun = time.monotonic()
    assert stacks.create("slow") == "CREATE_COMPLETE"
    assert time.monotonic() - begun >= 1
    assert faults.fired() == [1]


def test_clearing_the_faults_lets_a_slow_resource_go_on(faults: Hurting, stacks: Stacks) -> None:
    faults.set(resources=({"type": "AWS::SNS::Topic", "seconds": 600},))
    stacks.cloudformation.create_stack(StackName="freed", TemplateBody=template("freed"))
    deadline = time.monotonic() + 30
    while faults.fired() == [0]:
        assert time.monotonic() < deadline
    faults.set()
    assert stacks.ended("stack_create_complete", "freed") == "CREATE_COMPLETE"


def test_another_type_step_name_or_account_is_left_alone(faults: Hurting, stacks: Stacks) -> None:
    faults.set(
        resources=(
            {"type": "AWS::S3::Bucket", "reason": REASON},
            failing("update"),
            failing(**{"logical-id": "Third"}),
            failing(account=DEV),
        )
    )
    assert stacks.create("alone") == "CREATE_COMPLETE"
    assert faults.fired() == [0, 0, 0, 0]
