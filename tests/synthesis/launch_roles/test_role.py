"""Launch roles of the shipped products, and of several versions of one."""

from __future__ import annotations

from typing import Any

import pytest

from factory.authoring.actions import Handler, handler_actions, has_reason
from factory.catalog.model import ProductName
from factory.synthesis.artifact import Artifact
from factory.synthesis.launch_roles import LaunchRole, launch_role
from factory.synthesis.launch_roles.policies import POLICY_CHARACTERS, characters
from tests.conftest import shipped


@pytest.fixture(params=list(shipped()))
def role(request: pytest.FixtureRequest, artifacts: dict[str, Artifact]) -> LaunchRole:
    """Each product's role."""
    artifact = artifacts[request.param]
    return launch_role(artifact.product, [artifact.template])


def statement(role: LaunchRole, sid: str) -> dict[str, Any]:
    (found,) = [one for one in role.statements if one["Sid"] == sid]
    return found


def test_policies_stay_within_iams_limits(role: LaunchRole) -> None:
    assert len(role.policies) <= 9
    assert all(characters(held) <= POLICY_CHARACTERS for held in role.policies)
    sids = [one["Sid"] for one in role.statements]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() for sid in sids)


def test_every_action_of_every_handler_is_allowed(role: LaunchRole, artifacts: dict[str, Artifact]) -> None:
    needed = {
        action
        for resource in artifacts[role.product].template["Resources"].values()
        for handler in Handler
        for action in handler_actions(resource["Type"], handler)
        if has_reason(action, resource["Type"], resource.get("Properties", {}))
    }
    own = {"iam:PassRole"} if not any(one["Sid"] == "PassOwnRoles" for one in role.statements) else set()
    assert needed - own <= set(role.actions)


def test_names_of_the_products_are_known(artifacts: dict[str, Artifact]) -> None:
    foundation = launch_role(artifacts["foundation"].product, [artifacts["foundation"].template])
    place = "arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*-*-topic-*"
    assert statement(foundation, "SnsTopic")["Resource"] == [
        f"{place}-{severity}" for severity in ("critical", "info", "warning")
    ]
    own = "SC-${AWS::AccountId}-*"
    assert statement(foundation, "SqsQueue")["Resource"] == [f"arn:${{AWS::Partition}}:sqs:*:${{AWS::AccountId}}:{own}"]


def test_roles_are_passed_only_to_the_services_that_the_template_trusts(artifacts: dict[str, Artifact]) -> None:
    network = launch_role(artifacts["network"].product, [artifacts["network"].template])
    passing = [one for one in network.statements if "iam:PassRole" in one["Action"]]
    assert [one["Condition"] for one in passing] == [
        {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com", "vpc-flow-logs.amazonaws.com"]}}
    ]


def test_a_services_own_role_is_passed_to_that_service_alone(artifacts: dict[str, Artifact]) -> None:
    artifact = artifacts["security-baseline"]
    passing = statement(launch_role(artifact.product, [artifact.template]), "PassServiceLinkedRoles")
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": ["config.amazonaws.com"]}}
    assert passing["Resource"] == [
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    ]


def test_roles_with_names_and_services_of_a_region_may_be_passed() -> None:
    def made(service: Any, **more: str) -> dict[str, Any]:
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": trust}, **more}}

    resources = {
        "A": made("lambda.amazonaws.com", RoleName="a"),
        "B": made({"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}),
    }
    passing = statement(launch_role(ProductName("it"), [{"Resources": resources}]), "PassOwnRoles")
    place = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role"
    assert passing["Resource"] == [f"{place}/SC-${{AWS::AccountId}}-*", f"{place}/a"]
    services = ["lambda.amazonaws.com", "logs.*.amazonaws.com"]
    assert passing["Condition"] == {"StringLike": {"iam:PassedToService": services}}


def test_a_template_that_is_not_valid_yet_has_a_role() -> None:
    resources = {"It": {"Type": "AWS::IAM::Role"}}
    assert "iam:PassRole" not in launch_role(ProductName("it"), [{"Resources": resources}]).actions


def test_buckets_that_a_launch_names_are_those_of_the_account() -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Name"}}}
    role = launch_role(ProductName("it"), [{"Resources": {"It": bucket}}])
    account = {"StringEquals": {"aws:ResourceAccount": "${AWS::AccountId}"}}
    conditions = {action: one.get("Condition") for one in role.statements for action in one["Action"]}
    assert (conditions["s3:DeleteBucket"], conditions["s3:PutBucketTagging"]) == (account, account)
    # Of a bucket that is yet to be made, nobody says whose it is.
    assert conditions["s3:CreateBucket"] is None


def test_function_code_is_read_from_the_artifact_buckets_of_every_region(artifacts: dict[str, Artifact]) -> None:
    network = launch_role(artifacts["network"].product, [artifacts["network"].template])
    assert statement(network, "ReadFunctionCode")["Resource"] == [
        "arn:${AWS::Partition}:s3:::factory-artifacts-${HubAccount}-*/assets/*"
    ]
    # The buckets' key is the hub's, which is another account.
    assert statement(network, "DecryptFunctionCode")["Resource"] == ["arn:${AWS::Partition}:kms:*:${HubAccount}:key/*"]


def test_a_definition_is_read_where_it_may_be_in_a_bucket() -> None:
    def read(**properties: Any) -> set[str]:
        machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
        role = launch_role(ProductName("it"), [{"Resources": {"It": machine}}])
        return {action for one in role.statements if one["Sid"] != "ReadTemplates" for action in one["Action"]} & {
            "s3:GetObject",
            "s3:GetObjectVersion",
        }

    away: dict[str, Any] = {"Bucket": "definitions", "Key": "it.json"}
    assert read(DefinitionString="{}") == set()
    assert read(DefinitionS3Location=away) == {"s3:GetObject", "s3:GetObjectVersion"}
    assert read(DefinitionS3Location={"Fn::If": ["IsAway", away, {"Ref": "AWS::NoValue"}]}) != set()


def test_a_role_serves_every_version_that_is_offered() -> None:
    def template(kind: str) -> dict[str, Any]:
        return {"Resources": {"It": {"Type": kind, "Properties": {}}}}

    queue, topic = template("AWS::SQS::Queue"), template("AWS::SNS::Topic")
    product = ProductName("events")
    both = launch_role(product, [queue, topic])
    assert {"sqs:DeleteQueue", "sns:DeleteTopic"} <= set(both.actions)
    assert len({both.digest, launch_role(product, [queue]).digest, launch_role(product, [topic]).digest}) == 3
    assert launch_role(product, [topic, queue]).digest == both.digest


def test_code_that_may_be_anywhere_is_read_wherever_it_may_be(artifacts: dict[str, Artifact]) -> None:
    """A function begins with code of the factory, and later has its team's: a zip in its account, or an image."""
    function = launch_role(artifacts["function"].product, [artifacts["function"].template])
    assert statement(function, "ReadFunctionCode")
    assert statement(function, "ReadFunctionImages")
    assert statement(function, "S3GetObject")["Condition"] == {
        "StringEquals": {"aws:ResourceAccount": "${AWS::AccountId}"}
    }
