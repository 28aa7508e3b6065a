"""Stacks inside of stacks: held to what any stack is held to, and gone with the one around them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.stacks.conftest import Launches

Aws = Callable[[str], Any]
Put = Callable[..., str]

TOPIC: dict[str, Any] = {
    "Parameters": {"Title": {"Type": "String", "AllowedPattern": "[a-z]+"}, "Made": {"Type": "String", "Default": "1"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Title"}}}},
    "Outputs": {"Arn": {"Value": {"Ref": "Topic"}}},
}
# The topic is there when the policy fails.
FAILING = {
    **TOPIC,
    "Resources": {
        **TOPIC["Resources"],
        "Policy": {
            "Type": "AWS::SNS::TopicPolicy",
            "DependsOn": "Topic",
            "Properties": {
                "Topics": [{"Fn::Sub": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:absent"}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": []},
            },
        },
    },
}


@pytest.fixture
def put(aws: Aws, account: str) -> Put:
    """Puts a template into a bucket, and gives its virtual-hosted URL."""
    bucket = f"nested-{account}"
    aws("s3").create_bucket(Bucket=bucket)

    def put(template: Mapping[str, Any], name: str = "inner.json") -> str:
        aws("s3").put_object(Bucket=bucket, Key=name, Body=json.dumps(template).encode())
        return f"https://{bucket}.s3.us-east-1.amazonaws.com/{name}"

    return put


def outer(url: str, resources: Mapping[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    given = {"TemplateURL": url, "Parameters": {"Title": "shop"}, **properties}
    return {
        "Resources": {"Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": given}, **(resources or {})},
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Inner", "Outputs.Arn"]}}, "Inner": {"Value": {"Ref": "Inner"}}},
    }


def described(aws: Aws, name: str) -> dict[str, Any]:
    (found,) = aws("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return {**found, "outputs": {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])}}


def topics(aws: Aws) -> list[str]:
    return [topic["TopicArn"] for topic in aws("sns").list_topics()["Topics"]]


def title(aws: Aws, topic: str) -> str:
    return str(aws("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"])


def test_a_stack_inside_lives_and_dies_with_the_one_around_it(launches: Launches, aws: Aws, put: Put) -> None:
    url = put(TOPIC)
    tagged = {"Tags": [{"Key": "team", "Value": "a"}]}
    assert launches.create("shop", outer(url), **tagged) == "CREATE_COMPLETE", launches.reasons("shop")
    shop = described(aws, "shop")
    inner = described(aws, shop["outputs"]["Inner"])
    assert inner["StackName"].startswith("shop-Inner-")
    assert (inner["ParentId"], inner["RootId"]) == (shop["StackId"], shop["StackId"])
    assert inner["Tags"] == [{"Key": "team", "Value": "a"}]
    (topic,) = topics(aws)
    assert shop["outputs"]["Arn"] == inner["outputs"]["Arn"] == topic

    assert launches.update("shop", outer(url, Parameters={"Title": "news"})) == "UPDATE_COMPLETE"
    assert (topics(aws), title(aws, topic)) == ([topic], "news")

    assert launches.delete("shop") == "DELETE_COMPLETE"
    assert topics(aws) == []
    assert described(aws, inner["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_a_template_that_changed_under_its_url_is_used(launches: Launches, aws: Aws, put: Put) -> None:
    url = put(TOPIC)
    launches.create("shop", outer(url))
    put({**TOPIC, "Resources": {**TOPIC["Resources"], "Second": {"Type": "AWS::SNS::Topic"}}})
    assert launches.update("shop", outer(url, {"Queue": {"Type": "AWS::SQS::Queue"}})) == "UPDATE_COMPLETE"
    assert len(topics(aws)) == 2


def test_nothing_is_left_of_a_stack_that_fails(launches: Launches, aws: Aws, put: Put) -> None:
    assert launches.create("shop", outer(put(FAILING))) == "ROLLBACK_COMPLETE"
    (reason,) = launches.reasons("shop")
    assert "was not successfully created: The following resource(s) failed to create: [Policy]." in reason
    assert topics(aws) == []
    assert [found["StackName"] for found in aws("cloudformation").describe_stacks()["Stacks"]] == ["shop"]


def test_it_goes_when_something_beside_it_fails(launches: Launches, aws: Aws, put: Put) -> None:
    late = {**FAILING["Resources"]["Policy"], "DependsOn": "Inner"}
    assert launches.create("shop", outer(put(TOPIC), {"Late": late})) == "ROLLBACK_COMPLETE"
    assert topics(aws) == []
    assert [found["StackName"] for found in aws("cloudformation").describe_stacks()["Stacks"]] == ["shop"]


@pytest.mark.parametrize("where", ["inside", "beside"])
def test_an_update_that_fails_leaves_it_as_it_was(launches: Launches, aws: Aws, put: Put, where: str) -> None:
    url = put(TOPIC)
    launches.create("shop", outer(url))
    (topic,) = topics(aws)
    changed = outer(url, Parameters={"Title": "news"})
    if where == "inside":
        changed = outer(put(FAILING, "failing.json"), Parameters={"Title": "news"})
    else:
        changed["Resources"]["Late"] = {**FAILING["Resources"]["Policy"], "DependsOn": "Inner"}
    assert launches.update("shop", changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert (topics(aws), title(aws, topic)) == ([topic], "shop")
    assert launches.delete("shop") == "DELETE_COMPLETE"
    assert topics(aws) == []


@pytest.mark.parametrize(
    ("template", "properties", "reason"),
    [
        (
            {**TOPIC, "Resources": {"It": {"Type": "AWS::No::Thing"}}},
            {},
            "Unrecognized resource types: [AWS::No::Thing]",
        ),
        (TOPIC, {"Parameters": {}}, "Parameters: [Title] must have values"),
        (TOPIC, {"Parameters": {"Title": "NO"}}, "Parameter 'Title' must match pattern [a-z]+"),
        (TOPIC, {"Parameters": {"Title": "a", "More": "b"}}, "Parameters: [More] do not exist in the template"),
        (
            TOPIC,
            {"TemplateURL": "https://absent.s3.amazonaws.com/t.json"},
            "S3 error: The specified bucket does not exist",
        ),
    ],
    ids=["type", "missing", "pattern", "unknown", "absent"],
)
def test_it_is_checked_as_any_stack(
    launches: Launches, aws: Aws, put: Put, template: dict[str, Any], properties: dict[str, Any], reason: str
) -> None:
    assert launches.create("shop", outer(put(template), **properties)) == "ROLLBACK_COMPLETE"
    assert reason in launches.reasons("shop")[0]
    assert topics(aws) == []


def test_what_the_outer_stack_acknowledges_holds_inside(launches: Launches, put: Put) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}
    template = outer(put({**TOPIC, "Resources": {**TOPIC["Resources"], "Role": role}}))
    assert launches.create("without", template, Capabilities=[]) == "ROLLBACK_COMPLETE"
    assert "Requires capabilities : [CAPABILITY_IAM]" in launches.reasons("without")[0]
    assert launches.create("with", template, Capabilities=["CAPABILITY_IAM"]) == "CREATE_COMPLETE"


def test_an_output_that_it_does_not_have_fails_the_outer_stack(launches: Launches, aws: Aws, put: Put) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::GetAtt": ["Inner", "Outputs.Absent"]}}}
    assert launches.create("shop", outer(put(TOPIC), {"Queue": queue})) == "ROLLBACK_COMPLETE"
    assert topics(aws) == []


def test_what_holds_it_back_holds_the_outer_stack_back(launches: Launches, aws: Aws, put: Put) -> None:
    bucket = {
        **TOPIC,
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
        "Outputs": {"Arn": {"Value": {"Ref": "Bucket"}}},
    }
    assert launches.create("shop", outer(put(bucket))) == "CREATE_COMPLETE"
    name = described(aws, "shop")["outputs"]["Arn"]
    aws("s3").put_object(Bucket=name, Key="a", Body=b"a")
    assert launches.delete("shop") == "DELETE_FAILED"
    aws("s3").delete_object(Bucket=name, Key="a")
    assert launches.delete("shop") == "DELETE_COMPLETE"
    with pytest.raises(ClientError):
        aws("s3").head_bucket(Bucket=name)
