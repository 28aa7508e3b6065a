"""The stack engine behind the catalog."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.sandbox.servicecatalog.stacks import Phase, Place, StackOrder, StackRefused, Stacks

TOPIC = {"Type": "AWS::SNS::Topic"}


@pytest.fixture
def stacks(scene: Any) -> Stacks:
    return Stacks(scene.endpoint, system_tags=False)


@pytest.fixture
def place(scene: Any, hub_credentials: Any) -> Place:
    return Place(account=scene.hub, region="us-east-1", credentials=hub_credentials)


def order(resources: dict[str, Any], **given: Any) -> StackOrder:
    defaults: dict[str, Any] = {"name": "stack", "parameters": {}, "tags": {}, "notification_arns": ()}
    return StackOrder(template=json.dumps({"Resources": resources}), **(defaults | given))


def settled(stacks: Stacks, stack_id: str, place: Place) -> Any:
    view = stacks.look(stack_id, place)
    while view.phase in (Phase.RUNNING, Phase.FAILING):
        view = stacks.look(stack_id, place)
    return view


def trust(**changes: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["ecs.amazonaws.com", "servicecatalog.amazonaws.com"]},
        "Action": ["sts:AssumeRole"],
    }
    return {"Version": "2012-10-17", "Statement": [statement | changes]}


@pytest.mark.parametrize(
    "changes",
    [{}, {"Action": "sts:*"}, {"Condition": {"StringEquals": {"aws:SourceAccount": ["1", "222222222222"]}}}],
)
def test_a_role_that_trusts_the_service_is_assumed(scene: Any, stacks: Stacks, changes: dict[str, Any]) -> None:
    role = scene.role(scene.hub, "launcher", trust(**changes), path="/factory/")

    place = stacks.assume(role, "222222222222", "us-east-1")

    assert place.account == scene.hub
    assert place.credentials.session_token


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Deny"},
        {"Principal": {"Service": "ecs.amazonaws.com"}},
        {"Principal": {"AWS": "*"}},
        {"Action": "sts:TagSession"},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "333333333333"}}},
    ],
)
def test_a_role_that_does_not_trust_the_service_is_not(scene: Any, stacks: Stacks, changes: dict[str, Any]) -> None:
    role = scene.role(scene.hub, "launcher", trust(**changes))

    with pytest.raises(StackRefused, match="Access denied while assuming the role"):
        stacks.assume(role, "222222222222", "us-east-1")


@pytest.mark.parametrize("document", [[], {}, {"Statement": ["x"]}, {"Statement": [{"Principal": "*", "Action": 1}]}])
def test_an_odd_trust_policy_trusts_nobody(scene: Any, stacks: Stacks, document: Any) -> None:
    role = scene.role(scene.hub, "launcher", document)

    with pytest.raises(StackRefused, match="Access denied while assuming the role"):
        stacks.assume(role, scene.hub, "us-east-1")


def test_a_role_that_is_not_there_cannot_be_assumed(scene: Any, stacks: Stacks) -> None:
    with pytest.raises(StackRefused, match="Access denied while assuming the role"):
        stacks.assume(f"arn:aws:iam::{scene.hub}:role/none", scene.hub, "us-east-1")


def test_a_template_too_large_for_a_request_goes_by_s3_and_leaves_nothing(
    scene: Any, stacks: Stacks, place: Place
) -> None:
    resources = {"Topic": {**TOPIC, "Metadata": {"Text": "x" * 60_000}}}

    stack_id = stacks.create(order(resources), place)

    assert settled(stacks, stack_id, place).phase is Phase.DONE
    s3 = scene.client("s3", scene.hub)
    (bucket,) = s3.list_buckets()["Buckets"]
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket["Name"])


def test_a_failure_is_told_by_the_resource_that_failed_first(stacks: Stacks, place: Place) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    failing = {"PolicyName": "policy", "Roles": ["no-such-role"], "PolicyDocument": document}
    resources = {"Topic": TOPIC, "Failing": {"Type": "AWS::IAM::Policy", "Properties": failing}}

    view = settled(stacks, stacks.create(order(resources), place), place)

    assert view.phase is Phase.FAILED
    assert view.reason.startswith("Failing (AWS::IAM::Policy): ")


def test_an_update_without_changes_is_none(stacks: Stacks, place: Place) -> None:
    stack_id = stacks.create(order({"Topic": TOPIC}), place)
    settled(stacks, stack_id, place)

    assert not stacks.update(order({"Topic": TOPIC}), place)
    assert stacks.update(order({"Topic": TOPIC, "Second": TOPIC}), place)

    assert settled(stacks, stack_id, place).status == "UPDATE_COMPLETE"


def test_a_deleted_stack_is_done(stacks: Stacks, place: Place) -> None:
    stack_id = stacks.create(order({"Topic": TOPIC}), place)
    settled(stacks, stack_id, place)

    stacks.delete(stack_id, place)

    view = settled(stacks, stack_id, place)
    assert (view.phase, view.status) == (Phase.DONE, "DELETE_COMPLETE")


def test_a_refusal_reads_as_the_service_words_it(stacks: Stacks, place: Place) -> None:
    with pytest.raises(StackRefused) as refused:
        stacks.create(order({"Topic": TOPIC}, name="not a name"), place)

    assert refused.value.code == "AmazonCloudFormationException"
    assert "(Service: AmazonCloudFormation; Status Code: 400; Error Code: ValidationError;" in refused.value.description


def test_tags_of_the_service_are_left_out_unless_the_engine_takes_them(
    scene: Any, stacks: Stacks, place: Place
) -> None:
    tagged = order({"Topic": TOPIC}, tags={"aws:servicecatalog:productArn": "x", "Team": "red"})

    stack_id = stacks.create(tagged, place)

    described = scene.client("cloudformation", scene.hub).describe_stacks(StackName=stack_id)["Stacks"][0]
    assert described["Tags"] == [{"Key": "Team", "Value": "red"}]
