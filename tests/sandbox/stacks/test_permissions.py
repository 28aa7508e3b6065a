"""What a stack's caller may do: its role's policies against what the resource types' handlers name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import boto3
import pytest

from factory.authoring.actions import Handler, handler_actions, tagging_actions
from factory.sandbox.state import Sandbox
from tests.sandbox.stacks.conftest import Launches

REGION = "us-east-1"
TOPIC = "AWS::SNS::Topic"
ROLE_TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def allow(actions: str | Iterable[str], on: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": [actions] if isinstance(actions, str) else list(actions),
        "Resource": on,
    } | more


def deny(action: str, on: str = "*") -> dict[str, Any]:
    return {**allow(action, on), "Effect": "Deny"}


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def needs(*types: str) -> set[str]:
    return {
        action
        for name in types
        for found in (*(handler_actions(name, handler) for handler in Handler), tagging_actions(name))
        for action in found
    }


def template(kind: str = TOPIC, **properties: Any) -> dict[str, Any]:
    return {"Resources": {"It": {"Type": kind, "Properties": properties}}}


STACKS = allow("cloudformation:*")

Acting = Callable[..., Launches]


@pytest.fixture
def acting(sandbox: Sandbox, account: str, aws: Callable[[str], Any]) -> Acting:
    """Makes stacks as a session of a role with these statements."""

    def made(*statements: Mapping[str, Any], boundary: str | None = None, managed: bool = False) -> Launches:
        iam = aws("iam")
        trust = {**allow("sts:AssumeRole"), "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
        trust.pop("Resource")
        bounded = {} if boundary is None else {"PermissionsBoundary": boundary}
        role = iam.create_role(RoleName="launch", AssumeRolePolicyDocument=document(trust), **bounded)["Role"]
        if managed:
            policy = iam.create_policy(PolicyName="launch", PolicyDocument=document(*statements))["Policy"]
            iam.attach_role_policy(RoleName="launch", PolicyArn=policy["Arn"])
        else:
            iam.put_role_policy(RoleName="launch", PolicyName="launch", PolicyDocument=document(*statements))
        session = aws("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="someone")["Credentials"]
        cloudformation = boto3.client(
            "cloudformation",
            region_name=REGION,
            endpoint_url=sandbox.endpoint,
            aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"],
            aws_session_token=session["SessionToken"],
        )
        return Launches(aws=lambda service: cloudformation if service == "cloudformation" else aws(service))

    return made


@pytest.mark.parametrize("managed", [False, True], ids=["inline", "managed"])
def test_a_role_that_may_do_all_that_the_handler_names_is_enough(acting: Acting, managed: bool) -> None:
    launches = acting(STACKS, allow(needs(TOPIC)), managed=managed)
    assert launches.create("shop", template(Tags=[{"Key": "a", "Value": "b"}])) == "CREATE_COMPLETE"
    assert launches.update("shop", template(DisplayName="news")) == "UPDATE_COMPLETE"
    assert launches.delete("shop") == "DELETE_COMPLETE"


def test_what_is_lacking_is_named_and_nothing_is_left(acting: Acting, account: str) -> None:
    launches = acting(STACKS, allow(needs(TOPIC) - {"sns:CreateTopic"}))
    assert launches.create("shop", template(TopicName="news")) == "ROLLBACK_COMPLETE"
    (reason,) = launches.reasons("shop")
    assert (
        f"User: arn:aws:sts::{account}:assumed-role/launch/someone is not authorized to perform: sns:CreateTopic on "
        f"resource: arn:aws:sns:{REGION}:{account}:news because no identity-based policy allows the sns:CreateTopic "
        "action" in reason
    )
    assert "HandlerErrorCode: AccessDenied" in reason
    assert launches.aws("sns").list_topics()["Topics"] == []


def test_an_accounts_root_may_do_everything(launches: Launches) -> None:
    assert launches.create("shop", template()) == "CREATE_COMPLETE"


# Two actions are about a role, and none is handed over.
@pytest.mark.parametrize("action", sorted({*handler_actions(TOPIC, Handler.CREATE)} - {"iam:GetRole", "iam:PassRole"}))
def test_every_action_of_the_handler_is_asked_for(acting: Acting, action: str) -> None:
    launches = acting(STACKS, allow(needs(TOPIC) - {action}))
    tags = [{"Key": "a", "Value": "b"}]
    assert launches.create("shop", template(Tags=tags)) == "ROLLBACK_COMPLETE"
    assert f"is not authorized to perform: {action} " in launches.reasons("shop")[0]


def test_a_deny_outweighs_an_allow(acting: Acting) -> None:
    launches = acting(STACKS, allow("sns:*"), deny("sns:CreateTopic"))
    assert launches.create("shop", template()) == "ROLLBACK_COMPLETE"
    assert "with an explicit deny in an identity-based policy" in launches.reasons("shop")[0]


def test_a_boundary_limits_the_role(acting: Acting, aws: Callable[[str], Any]) -> None:
    limits = document(allow(["cloudformation:*", "sqs:*"]))
    boundary = aws("iam").create_policy(PolicyName="limits", PolicyDocument=limits)["Policy"]["Arn"]
    launches = acting(STACKS, allow(["sns:*", "sqs:*"]), boundary=boundary)
    assert launches.create("queue", template("AWS::SQS::Queue")) == "CREATE_COMPLETE"
    assert launches.create("topic", template()) == "ROLLBACK_COMPLETE"
    assert "because no permissions boundary allows the sns:" in launches.reasons("topic")[0]


@pytest.mark.parametrize(
    ("pattern", "properties", "status"),
    [
        ("arn:aws:sns:*:*:news*", {"TopicName": "news-eu"}, "CREATE_COMPLETE"),
        ("arn:aws:sns:*:*:news*", {"TopicName": "alarms"}, "ROLLBACK_COMPLETE"),
        ("arn:aws:sns:*:*:shop-*", {}, "CREATE_COMPLETE"),
        ("arn:aws:sns:*:*:bakery-*", {}, "ROLLBACK_COMPLETE"),
    ],
)
def test_a_policy_may_be_narrowed_to_names(
    acting: Acting, pattern: str, properties: dict[str, Any], status: str
) -> None:
    launches = acting(STACKS, allow(needs(TOPIC), pattern))
    assert launches.create("shop", template(**properties)) == status


@pytest.mark.parametrize(("pattern", "status"), [("vpc/*", "CREATE_COMPLETE"), ("vpc/vpc-1", "ROLLBACK_COMPLETE")])
def test_ec2_asks_with_a_star_for_what_it_makes(acting: Acting, pattern: str, status: str) -> None:
    kind = "AWS::EC2::VPC"
    reading = {action for action in needs(kind) if action.startswith("ec2:Describe")}
    launches = acting(
        STACKS, allow(reading), allow(needs(kind) - reading, f"arn:aws:ec2:*:*:{pattern}"), allow("ec2:DeleteVpc")
    )
    assert launches.create("shop", template(kind, CidrBlock="10.0.0.0/16")) == status


@pytest.mark.parametrize(("wanted", "status"), [("blue", "CREATE_COMPLETE"), ("red", "ROLLBACK_COMPLETE")])
def test_conditions_on_tags_are_met_by_the_resources_tags(acting: Acting, wanted: str, status: str) -> None:
    launches = acting(
        STACKS, allow(needs(TOPIC), Condition={"StringEquals": {"aws:RequestTag/Colour": wanted}}), allow("sns:Delete*")
    )
    assert launches.create("shop", template(Tags=[{"Key": "Colour", "Value": "blue"}])) == status


def function(account: str, **more: Any) -> dict[str, Any]:
    code = {"ZipFile": "def handler(event, context): pass"}
    role = f"arn:aws:iam::{account}:role/shop-worker"
    return template(
        "AWS::Lambda::Function", Code=code, Handler="index.handler", Runtime="python3.12", Role=role, **more
    )


@pytest.mark.parametrize(
    ("role", "service", "status"),
    [
        ("shop-*", "lambda.amazonaws.com", "CREATE_COMPLETE"),
        ("shop-*", "ec2.amazonaws.com", "ROLLBACK_COMPLETE"),
        ("bakery-*", "lambda.amazonaws.com", "ROLLBACK_COMPLETE"),
    ],
)
def test_a_role_is_passed_to_the_service_that_it_trusts(
    acting: Acting, aws: Callable[[str], Any], account: str, role: str, service: str, status: str
) -> None:
    aws("iam").create_role(RoleName="shop-worker", AssumeRolePolicyDocument=document(ROLE_TRUST))
    launches = acting(
        STACKS,
        allow(needs("AWS::Lambda::Function") - {"iam:PassRole"}),
        allow(
            "iam:PassRole",
            f"arn:aws:iam::*:role/{role}",
            Condition={"StringEquals": {"iam:PassedToService": service}},
        ),
    )
    assert launches.create("shop", function(account)) == status
    if status != "CREATE_COMPLETE":
        resource = f"arn:aws:iam::{account}:role/shop-worker"
        assert f"is not authorized to perform: iam:PassRole on resource: {resource} " in launches.reasons("shop")[0]


def test_a_role_that_a_variable_names_is_passed_to_nobody(
    acting: Acting, aws: Callable[[str], Any], account: str
) -> None:
    aws("iam").create_role(RoleName="shop-worker", AssumeRolePolicyDocument=document(ROLE_TRUST))
    launches = acting(
        STACKS,
        allow(needs("AWS::Lambda::Function") - {"iam:PassRole"}),
        allow("iam:PassRole", "arn:aws:iam::*:role/shop-worker"),
    )
    told = {"Variables": {"OTHER": f"arn:aws:iam::{account}:role/elsewhere"}}
    assert launches.create("shop", function(account, Environment=told)) == "CREATE_COMPLETE", launches.reasons("shop")


def test_code_is_read_by_the_role(acting: Acting, aws: Callable[[str], Any], account: str) -> None:
    aws("iam").create_role(RoleName="shop-worker", AssumeRolePolicyDocument=document(ROLE_TRUST))
    aws("s3").create_bucket(Bucket=f"code-{account}")
    aws("s3").put_object(Bucket=f"code-{account}", Key="worker.zip", Body=b"")
    made = function(account)
    made["Resources"]["It"]["Properties"]["Code"] = {"S3Bucket": f"code-{account}", "S3Key": "worker.zip"}
    tagged = {"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}}
    launches = acting(
        STACKS,
        allow(needs("AWS::Lambda::Function") - {"s3:GetObject"}),
        allow("s3:GetObject", Condition=tagged),
    )
    assert launches.create("shop", made) == "ROLLBACK_COMPLETE"
    resource = f"arn:aws:s3:::code-{account}/worker.zip"
    assert f"is not authorized to perform: s3:GetObject on resource: {resource} " in launches.reasons("shop")[0]


def test_a_custom_resources_function_is_invoked_by_the_role(acting: Acting, account: str) -> None:
    token = f"arn:aws:lambda:{REGION}:{account}:function:shop-numbers"
    launches = acting(STACKS, allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:bakery-*"))
    assert launches.create("shop", template("Custom::Number", ServiceToken=token)) == "ROLLBACK_COMPLETE"
    assert f"is not authorized to perform: lambda:InvokeFunction on resource: {token} " in launches.reasons("shop")[0]


def test_rollback_works_with_the_same_rights(acting: Acting) -> None:
    both = template(TopicName="news")
    both["Resources"]["After"] = {"Type": "AWS::SQS::Queue", "DependsOn": "It"}
    launches = acting(STACKS, allow(needs(TOPIC) - {"sns:DeleteTopic"}))
    assert launches.create("shop", both) == "ROLLBACK_FAILED"
    assert any("is not authorized to perform: sns:DeleteTopic " in reason for reason in launches.reasons("shop"))


def test_what_may_be_made_may_not_be_removed(acting: Acting) -> None:
    launches = acting(STACKS, allow(needs(TOPIC)), deny("sns:DeleteTopic"))
    launches.create("shop", template())
    assert launches.delete("shop") == "DELETE_FAILED"


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("create", "cloudformation:CreateStack"),
        ("update", "cloudformation:UpdateStack"),
        ("delete", "cloudformation:DeleteStack"),
    ],
)
def test_stacks_themselves_need_rights(
    acting: Acting, account: str, operation: str, action: str, launches: Launches
) -> None:
    stack = f"arn:aws:cloudformation:{REGION}:{account}:stack/shop/"
    if operation != "create":
        launches.create("shop", template())
    role = acting(allow("cloudformation:*", f"arn:aws:cloudformation:{REGION}:{account}:stack/bakery/*"))
    given = {} if operation == "delete" else {"TemplateBody": json.dumps(template(DisplayName="news"))}
    cloudformation = role.aws("cloudformation")
    with pytest.raises(cloudformation.exceptions.ClientError) as refused:
        getattr(cloudformation, f"{operation}_stack")(StackName="shop", **given)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    message = refused.value.response["Error"]["Message"]
    assert f"is not authorized to perform: {action} on resource: {stack}" in message


def test_stored_parameters_are_read_by_the_role(acting: Acting, aws: Callable[[str], Any], account: str) -> None:
    aws("ssm").put_parameter(Name="/shop/name", Type="String", Value="news")
    made = template(DisplayName={"Ref": "Name"})
    made["Parameters"] = {"Name": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/shop/name"}}
    parameter = f"arn:aws:ssm:{REGION}:{account}:parameter/shop/name"
    launches = acting(STACKS, allow(needs(TOPIC)))
    code, message = launches.refusal(made)
    assert code == "ValidationError"
    assert f"is not authorized to perform: ssm:GetParameters on resource: {parameter} " in message
    reading = document(allow("ssm:GetParameters", parameter))
    aws("iam").put_role_policy(RoleName="launch", PolicyName="reading", PolicyDocument=reading)
    assert launches.create("shop", made) == "CREATE_COMPLETE"


@pytest.mark.parametrize(("tags", "is_read"), [("servicecatalog%3Aprovisioning=true", True), ("", False)])
def test_a_template_is_read_by_the_role(
    acting: Acting, aws: Callable[[str], Any], account: str, tags: str, is_read: bool
) -> None:
    bucket = f"templates-{account}"
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="it.json", Body=json.dumps(template()).encode(), Tagging=tags)
    tagged = {"StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}}
    launches = acting(STACKS, allow(needs(TOPIC)), allow("s3:GetObject", Condition=tagged))
    cloudformation = launches.aws("cloudformation")
    url = f"https://{bucket}.s3.{REGION}.amazonaws.com/it.json"
    if is_read:
        cloudformation.create_stack(StackName="shop", TemplateURL=url)
        assert launches.ended("shop") == "CREATE_COMPLETE"
        return
    with pytest.raises(cloudformation.exceptions.ClientError, match="perform: s3:GetObject on resource: arn:aws:s3"):
        cloudformation.create_stack(StackName="shop", TemplateURL=url)


@pytest.mark.parametrize(("rights", "status"), [(needs(TOPIC), "CREATE_COMPLETE"), ((), "ROLLBACK_COMPLETE")])
def test_a_stack_inside_is_made_by_the_same_role(
    acting: Acting, aws: Callable[[str], Any], account: str, rights: set[str], status: str
) -> None:
    bucket = f"templates-{account}"
    aws("s3").create_bucket(Bucket=bucket)
    aws("s3").put_object(Bucket=bucket, Key="inner.json", Body=json.dumps(template()).encode())
    url = f"https://{bucket}.s3.amazonaws.com/inner.json"
    launches = acting(STACKS, allow({"s3:GetObject", *rights}))
    assert launches.create("shop", template("AWS::CloudFormation::Stack", TemplateURL=url)) == status
    assert bool(aws("sns").list_topics()["Topics"]) is bool(rights)
