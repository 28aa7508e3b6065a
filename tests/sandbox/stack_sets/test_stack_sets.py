"""Stack sets over HTTP with boto3: what they make in other accounts and regions, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.sandbox.stack_sets.conftest import ADMINISTRATION, EXECUTION, REGIONS, TEMPLATE, Scene

USER = {"User": {"Type": "AWS::IAM::User", "Properties": {"UserName": "somebody"}}}


def refused(code: str, call: Callable[..., Any], **given: Any) -> str:
    """The message of a call that must be refused with that code."""
    with pytest.raises(ClientError) as error:
        call(**given)
    assert error.value.response["Error"]["Code"] == code
    return str(error.value.response["Error"]["Message"])


def test_two_accounts_two_regions_and_one_account_that_does_not_trust(scene: Scene) -> None:
    cloudformation = scene.cloudformation
    stack_set_id = scene.stack_set(Tags=[{"Key": "team", "Value": "blue"}])
    begun = cloudformation.create_stack_instances(
        StackSetName="topics",
        Accounts=[scene.trusting, scene.other],
        Regions=list(REGIONS),
        OperationPreferences={"FailureToleranceCount": 1, "RegionOrder": ["eu-west-1", "us-east-1"]},
    )
    busy = refused("OperationInProgressException", cloudformation.delete_stack_set, StackSetName="topics")
    assert busy.endswith(f"is in progress: {begun['OperationId']}")

    assert scene.settled(begun) == "SUCCEEDED"
    reason = f"Account {scene.other} should have '{EXECUTION}' role with trust relationship to Role '{ADMINISTRATION}'."
    results = cloudformation.list_stack_set_operation_results(StackSetName="topics", **begun_id(begun))["Summaries"]
    assert [(item["Account"], item["Region"], item["Status"], item.get("StatusReason")) for item in results] == [
        (scene.trusting, "us-east-1", "SUCCEEDED", None),
        (scene.other, "us-east-1", "FAILED", reason),
        (scene.trusting, "eu-west-1", "SUCCEEDED", None),
        (scene.other, "eu-west-1", "FAILED", reason),
    ]
    for region in REGIONS:
        assert scene.stacks(scene.other, region) == []
        (stack,) = scene.stacks(scene.trusting, region)
        assert stack["StackName"].startswith("StackSet-topics-")
        assert stack["Tags"] == [{"Key": "team", "Value": "blue"}]
        instance = scene.instances()[scene.trusting, region]
        assert (instance["StackId"], instance["Status"]) == (stack["StackId"], "CURRENT")
        assert instance["StackSetId"] == stack_set_id
        failed = scene.instances()[scene.other, region]
        assert (failed["Status"], failed["StatusReason"]) == ("OUTDATED", reason)
        assert failed["StackInstanceStatus"] == {"DetailedStatus": "FAILED"}

    # A new operation tries again what has failed.
    scene.execution_role(scene.other, "*")
    assert scene.created(Accounts=[scene.other], Regions=list(REGIONS)) == "SUCCEEDED"
    assert {item["Status"] for item in scene.instances().values()} == {"CURRENT"}


def begun_id(begun: dict[str, Any]) -> dict[str, str]:
    return {"OperationId": begun["OperationId"]}


def test_instances_follow_their_stack_set_but_for_what_they_override(scene: Scene) -> None:
    cloudformation = scene.cloudformation
    scene.stack_set()
    scene.execution_role(scene.other, "*")
    assert scene.created() == "SUCCEEDED"
    override = [{"ParameterKey": "Name", "ParameterValue": "theirs"}]
    assert scene.created(Accounts=[scene.other], ParameterOverrides=override) == "SUCCEEDED"

    def names() -> list[str]:
        (mine,), (theirs,) = scene.stacks(scene.trusting), scene.stacks(scene.other)
        return [str(stack["Parameters"][0]["ParameterValue"]) for stack in (mine, theirs)]

    changed = [{"ParameterKey": "Name", "ParameterValue": "changed"}]
    update = {"StackSetName": "topics", "UsePreviousTemplate": True, "Parameters": changed}
    begun = cloudformation.update_stack_set(**update, Accounts=[scene.trusting], Regions=[REGIONS[0]])
    assert scene.settled(begun) == "SUCCEEDED"
    # What the update leaves out is outdated, as the stack set has changed.
    assert {key[0]: item["Status"] for key, item in scene.instances().items()} == {
        scene.trusting: "CURRENT",
        scene.other: "OUTDATED",
    }
    assert names() == ["changed", "theirs"]
    assert scene.settled(cloudformation.update_stack_set(**update)) == "SUCCEEDED"
    assert names() == ["changed", "theirs"]

    begun = cloudformation.update_stack_instances(
        StackSetName="topics", Accounts=[scene.other], Regions=[REGIONS[0]], ParameterOverrides=[]
    )
    assert scene.settled(begun) == "SUCCEEDED"
    assert names() == ["changed", "changed"]
    refused(
        "StackInstanceNotFoundException",
        cloudformation.update_stack_instances,
        StackSetName="topics",
        Accounts=[scene.other],
        Regions=["eu-west-1"],
    )
    unknown = [{"ParameterKey": "Nobody", "ParameterValue": "x"}]
    refused("ValidationError", cloudformation.update_stack_set, **{**update, "Parameters": unknown})
    elsewhere = {"StackSetName": "elsewhere", "TemplateURL": "https://example.com/topics.json"}
    message = refused("ValidationError", cloudformation.create_stack_set, **elsewhere)
    assert message == "TemplateURL must be a supported URL."


def test_a_stack_that_fails_is_deleted_again_and_an_update_that_fails_is_rolled_back(scene: Scene) -> None:
    cloudformation = scene.cloudformation
    # The name is taken in the target account; only when the resource is made does that come out.
    scene.client("iam", scene.trusting).create_user(UserName="somebody")
    capable = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}
    scene.stack_set("users", {"Resources": USER}, **capable)
    assert scene.created("users") == "FAILED"
    (instance,) = scene.instances("users").values()
    assert instance["StatusReason"].startswith("ResourceLogicalId:User, ResourceType:AWS::IAM::User, ")
    assert scene.stacks(scene.trusting) == []

    scene.client("iam", scene.trusting).delete_user(UserName="somebody")
    assert scene.created("users") == "SUCCEEDED"
    (stack,) = scene.stacks(scene.trusting)
    taken = {**USER, "Other": {**USER["User"], "DependsOn": "User"}}
    begun = cloudformation.update_stack_set(
        StackSetName="users", TemplateBody=json.dumps({"Resources": taken}), **capable
    )
    assert scene.settled(begun, "users") == "FAILED"
    (instance,) = scene.instances("users").values()
    assert instance["Status"] == "OUTDATED"
    assert "ResourceLogicalId:Other" in instance["StatusReason"]
    (stack,) = scene.stacks(scene.trusting)
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "Other" in cloudformation.describe_stack_set(StackSetName="users")["StackSet"]["TemplateBody"]


def test_instances_go_with_their_stacks_or_leave_them_behind(scene: Scene) -> None:
    cloudformation = scene.cloudformation
    stack_set_id = scene.stack_set()
    assert scene.created(Regions=list(REGIONS)) == "SUCCEEDED"
    assert refused("StackSetNotEmptyException", cloudformation.delete_stack_set, StackSetName="topics")
    gone = {"StackSetName": "topics", "Accounts": [scene.trusting]}

    kept = cloudformation.delete_stack_instances(**gone, Regions=[REGIONS[1]], RetainStacks=True)
    assert scene.settled(kept) == "SUCCEEDED"
    assert len(scene.stacks(scene.trusting, REGIONS[1])) == 1

    # Without the role the stack can't be deleted: the instance stays, inoperable, and updates pass it over.
    iam = scene.client("iam", scene.trusting)
    iam.delete_role_policy(RoleName=EXECUTION, PolicyName="may")
    iam.delete_role(RoleName=EXECUTION)
    failed = cloudformation.delete_stack_instances(**gone, Regions=[REGIONS[0]], RetainStacks=False)
    assert scene.settled(failed) == "FAILED"
    (instance,) = scene.instances().values()
    assert (instance["Status"], instance["StackInstanceStatus"]) == ("INOPERABLE", {"DetailedStatus": "INOPERABLE"})
    update = cloudformation.update_stack_set(StackSetName="topics", UsePreviousTemplate=True)
    assert scene.settled(update) == "SUCCEEDED"
    assert not cloudformation.list_stack_set_operation_results(StackSetName="topics", **begun_id(update))["Summaries"]

    scene.execution_role(scene.trusting, "*")
    done = cloudformation.delete_stack_instances(**gone, Regions=[REGIONS[0]], RetainStacks=False)
    assert scene.settled(done) == "SUCCEEDED"
    assert (scene.stacks(scene.trusting), scene.instances()) == ([], {})
    operations = cloudformation.list_stack_set_operations(StackSetName="topics")["Summaries"]
    assert [(item["Action"], item["Status"]) for item in operations] == [
        ("DELETE", "SUCCEEDED"),
        ("UPDATE", "SUCCEEDED"),
        ("DELETE", "FAILED"),
        ("DELETE", "SUCCEEDED"),
        ("CREATE", "SUCCEEDED"),
    ]
    cloudformation.delete_stack_set(StackSetName="topics")
    refused("StackSetNotFoundException", cloudformation.describe_stack_set, StackSetName="topics")
    (found,) = cloudformation.list_stack_sets(Status="DELETED")["Summaries"]
    assert found["StackSetId"] == stack_set_id
    assert scene.stack_set() != stack_set_id


def test_the_execution_role_needs_every_permission_and_the_administration_role_its_own(scene: Scene) -> None:
    scene.stack_set()
    scene.execution_role(scene.other, "cloudformation:*")
    assert scene.created(Accounts=[scene.other]) == "FAILED"
    (instance,) = scene.instances().values()
    assert "is not authorized to perform: sns:" in instance["StatusReason"]

    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]}
    scene.client("iam").put_role_policy(RoleName=ADMINISTRATION, PolicyName="deny", PolicyDocument=json.dumps(policy))
    assert scene.created() == "FAILED"
    assert "trust relationship" in scene.instances()[scene.trusting, REGIONS[0]]["StatusReason"]
    arn = scene.role(scene.administrator, "untrusted", {"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")
    scene.stack_set("untrusted", AdministrationRoleARN=arn)
    assert scene.created("untrusted") == "FAILED"


def test_who_changes_a_stack_set_needs_its_actions_and_passes_only_roles_that_it_may(scene: Scene) -> None:
    root = {"AWS": f"arn:aws:iam::{scene.administrator}:root"}
    role = scene.role(scene.administrator, "user", root, "cloudformation:CreateStackSet")
    given = scene.client("sts").assume_role(RoleArn=role, RoleSessionName="user")["Credentials"]
    user = boto3.client(
        "cloudformation",
        region_name=REGIONS[0],
        endpoint_url=scene.cloudformation.meta.endpoint_url,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    wanted = {"StackSetName": "topics", "TemplateBody": json.dumps(TEMPLATE)}
    administration = f"arn:aws:iam::{scene.administrator}:role/{ADMINISTRATION}"

    message = refused("AccessDenied", user.create_stack_set, **wanted, AdministrationRoleARN=administration)
    assert f"is not authorized to perform: iam:PassRole on resource: {administration}" in message
    # AWS's own role is not passed.
    user.create_stack_set(**wanted)
    message = refused("AccessDenied", user.delete_stack_set, StackSetName="topics")
    assert "is not authorized to perform: cloudformation:DeleteStackSet on resource: arn:aws:cloudformation:" in message
    assert user.describe_stack_set(StackSetName="topics")


def test_an_operation_id_stands_for_one_request(scene: Scene) -> None:
    cloudformation = scene.cloudformation
    given: dict[str, Any] = {"StackSetName": "topics", "TemplateBody": json.dumps(TEMPLATE), "ClientRequestToken": "t"}
    first = cloudformation.create_stack_set(**given)["StackSetId"]
    assert cloudformation.create_stack_set(**given)["StackSetId"] == first
    refused("CreatedButModifiedException", cloudformation.create_stack_set, **given, Description="another")
    refused("NameAlreadyExistsException", cloudformation.create_stack_set, **{**given, "ClientRequestToken": "u"})

    instances = {"StackSetName": "topics", "Accounts": [scene.trusting], "Regions": ["us-east-1"], "OperationId": "o"}
    begun = cloudformation.create_stack_instances(**instances)
    assert cloudformation.create_stack_instances(**instances)["OperationId"] == "o"
    assert scene.settled(begun) == "SUCCEEDED"
    assert len(cloudformation.list_stack_set_operations(StackSetName="topics")["Summaries"]) == 1
    other = {**instances, "Regions": ["eu-west-1"]}
    refused("OperationIdAlreadyExistsException", cloudformation.create_stack_instances, **other)
    refused(
        "InvalidOperationException", cloudformation.stop_stack_set_operation, StackSetName="topics", OperationId="o"
    )
    refused(
        "OperationNotFoundException",
        cloudformation.describe_stack_set_operation,
        StackSetName="topics",
        OperationId="none",
    )


def test_a_stopped_operation_begins_nothing_more_and_a_managed_one_waits_for_its_turn(scene: Scene) -> None:
    cloudformation = scene.cloudformation
    scene.stack_set(ManagedExecution={"Active": True})
    wanted = {"StackSetName": "topics", "Accounts": [scene.trusting]}
    # Enough of them that the first operation is still under way when it is stopped.
    regions = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1"]
    begun = cloudformation.create_stack_instances(**wanted, Regions=regions)
    next_one = cloudformation.create_stack_instances(**wanted, Regions=["ap-south-1"])
    queued = cloudformation.describe_stack_set_operation(StackSetName="topics", **begun_id(next_one))
    assert queued["StackSetOperation"]["Status"] == "QUEUED"

    cloudformation.stop_stack_set_operation(StackSetName="topics", **begun_id(begun))
    assert scene.settled(begun) == "STOPPED"
    assert scene.settled(next_one) == "SUCCEEDED"
    found = {key[1]: item["StackInstanceStatus"]["DetailedStatus"] for key, item in scene.instances().items()}
    assert found["eu-west-1"] == "CANCELLED"
    assert found["ap-south-1"] == "SUCCEEDED"
    cancelled = cloudformation.list_stack_instances(
        StackSetName="topics", Filters=[{"Name": "DETAILED_STATUS", "Values": "CANCELLED"}]
    )["Summaries"]
    assert (scene.trusting, "eu-west-1") in [(item["Account"], item["Region"]) for item in cancelled]


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("ValidationError", {"TemplateBody": None}),
        ("ValidationError", {"TemplateBody": "{}"}),
        ("ValidationError", {"TemplateURL": "https://s3.amazonaws.com/none/none"}),
        ("ValidationError", {"Parameters": [{"ParameterKey": "Nobody", "ParameterValue": "x"}]}),
        ("ValidationError", {"Parameters": [{"ParameterKey": "Name", "UsePreviousValue": True}]}),
        ("ValidationError", {"Tags": [{"Key": "aws:x", "Value": "y"}]}),
        ("ValidationError", {"AutoDeployment": {"Enabled": True}}),
        ("ValidationError", {"CallAs": "DELEGATED_ADMIN"}),
        ("ValidationError", {"PermissionModel": "SERVICE_MANAGED"}),
        ("ValidationError", {"ExecutionRoleName": "a/b"}),
        ("ValidationError", {"AdministrationRoleARN": "arn:aws:iam::1:user/somebody"}),
        ("AccessDenied", {"AdministrationRoleARN": "arn:aws:iam::999999999999:role/theirs"}),
        ("InsufficientCapabilitiesException", {"TemplateBody": json.dumps({"Resources": USER})}),
    ],
)
def test_a_wrong_stack_set_is_refused(scene: Scene, code: str, given: dict[str, Any]) -> None:
    right = {"StackSetName": "topics", "TemplateBody": json.dumps(TEMPLATE)}
    wrong = {name: value for name, value in {**right, **given}.items() if value is not None}

    assert refused(code, scene.cloudformation.create_stack_set, **wrong)
    assert scene.cloudformation.list_stack_sets()["Summaries"] == []


@pytest.mark.parametrize(
    "given",
    [
        {"Accounts": []},
        {"Regions": ["nowhere-1"]},
        {"Accounts": ["1"]},
        {"OperationPreferences": {"FailureToleranceCount": 1, "FailureTolerancePercentage": 1}},
        {"ParameterOverrides": [{"ParameterKey": "Nobody", "ParameterValue": "x"}]},
        {"DeploymentTargets": {"OrganizationalUnitIds": ["ou-abcd-12345678"]}},
    ],
)
def test_wrong_instances_are_refused(scene: Scene, given: dict[str, Any]) -> None:
    scene.stack_set()
    right = {"StackSetName": "topics", "Accounts": [scene.trusting], "Regions": ["us-east-1"]}

    assert refused("ValidationError", scene.cloudformation.create_stack_instances, **{**right, **given})
    assert scene.instances() == {}


def test_stack_sets_are_their_administrators_own(scene: Scene) -> None:
    scene.stack_set()

    for other in (
        scene.client("cloudformation", scene.trusting),
        scene.client("cloudformation", region="eu-west-1"),
    ):
        assert other.list_stack_sets()["Summaries"] == []
        refused("StackSetNotFoundException", other.describe_stack_set, StackSetName="topics")
