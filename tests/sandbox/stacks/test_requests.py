"""Requests for stacks that are refused before there is a stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Launches

QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue"}


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            {"Resources": {"Queue": {**QUEUE, "Properties": {"QueueName": {"Ref": "Absent"}}}}},
            "Template format error: Unresolved resource dependencies [Absent] in the Resources block of the template",
        ),
        (
            {"Resources": {"Queue": QUEUE, "Thing": {"Type": "AWS::Nothing::AtAll"}}},
            "Template format error: Unrecognized resource types: [AWS::Nothing::AtAll]",
        ),
        (
            {"Resources": {"Queue": {**QUEUE, "Properties": {"Colour": "red"}}}},
            "Properties validation failed for resource Queue with message:\n"
            "#: extraneous key [Colour] is not permitted",
        ),
        (
            {
                "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
                "Resources": {"Queue": {**QUEUE, "Condition": "Never"}, "Other": QUEUE},
                "Outputs": {"Queue": {"Value": {"Ref": "Queue"}}},
            },
            "Template format error: Unresolved resource dependencies [Queue] in the Resources block of the template",
        ),
        (
            {
                "Mappings": {"Sizes": {"dev": {"days": "1"}}},
                "Resources": {
                    "Queue": {
                        **QUEUE,
                        "Properties": {"DelaySeconds": {"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "days"]}},
                    }
                },
            },
            "Template error: Unable to get mapping for Sizes::us-east-1::days",
        ),
        (
            {"Resources": {"Queue": {**QUEUE, "Properties": {"QueueName": "{{resolve:ssm-secure:name}}"}}}},
            "SSM Secure reference is not supported in: [AWS::SQS::Queue/Properties/QueueName]",
        ),
    ],
)
def test_a_wrong_template_is_refused(launches: Launches, template: dict[str, Any], message: str) -> None:
    assert launches.refusal(template) == ("ValidationError", message)


def test_a_resource_that_is_not_made_is_not_looked_at(launches: Launches) -> None:
    never = {**QUEUE, "Condition": "Never", "Properties": {"DelaySeconds": "soon"}}
    template = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Queue": QUEUE, "Never": never},
    }
    assert launches.create("conditional", template) == "CREATE_COMPLETE"


def test_a_template_in_yaml_is_read_too(aws: Callable[[str], Any]) -> None:
    cloudformation = aws("cloudformation")
    body = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Ref Absent\n"
    with pytest.raises(cloudformation.exceptions.ClientError, match=r"Unresolved resource dependencies \[Absent\]"):
        cloudformation.create_stack(StackName="yaml", TemplateBody=body)


def test_a_change_set_is_held_to_the_same(aws: Callable[[str], Any]) -> None:
    cloudformation = aws("cloudformation")
    template = {"Resources": {"Queue": {**QUEUE, "Properties": {"Colour": "red"}}}}
    with pytest.raises(cloudformation.exceptions.ClientError, match=r"extraneous key \[Colour\]"):
        cloudformation.create_change_set(
            StackName="changed", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=json.dumps(template)
        )


def test_a_name_is_taken_until_its_rolled_back_stack_is_deleted(launches: Launches) -> None:
    broken = {
        "Resources": {
            "First": QUEUE,
            "Second": {**QUEUE, "Properties": {"DelaySeconds": {"Fn::GetAtt": ["First", "QueueName"]}}},
        }
    }
    assert launches.create("again", broken) == "ROLLBACK_COMPLETE"
    client = launches.aws("cloudformation")
    with pytest.raises(client.exceptions.AlreadyExistsException, match=r"Stack \[again\] already exists"):
        launches.create("again", {"Resources": {"Queue": QUEUE}})

    assert launches.delete("again") == "DELETE_COMPLETE"
    assert launches.create("again", {"Resources": {"Queue": QUEUE}}) == "CREATE_COMPLETE"


def test_a_template_beyond_the_size_limit_is_refused(launches: Launches) -> None:
    template = {"Resources": {"Queue": QUEUE}, "Metadata": {"Filler": "x" * 51_200}}
    code, message = launches.refusal(template)
    assert code == "ValidationError"
    assert message.endswith("Member must have length less than or equal to 51200")


def test_a_template_in_a_bucket_may_be_larger_but_not_beyond_a_megabyte(
    launches: Launches, aws: Callable[[str], Any], account: str
) -> None:
    s3, cloudformation = aws("s3"), aws("cloudformation")
    bucket = f"templates-{account}"
    s3.create_bucket(Bucket=bucket)
    for name, size in (("large", 60_000), ("huge", 1_000_000)):
        body = json.dumps({"Resources": {"Queue": QUEUE}, "Metadata": {"Filler": "x" * size}})
        s3.put_object(Bucket=bucket, Key=name, Body=body.encode())
    cloudformation.create_stack(StackName="large", TemplateURL=f"https://{bucket}.s3.amazonaws.com/large")
    assert launches.ended("large") == "CREATE_COMPLETE"
    with pytest.raises(cloudformation.exceptions.ClientError, match="may not exceed 1000000 bytes"):
        cloudformation.create_stack(StackName="huge", TemplateURL=f"https://{bucket}.s3.amazonaws.com/huge")


def test_the_last_of_two_resources_with_one_logical_id_counts(aws: Callable[[str], Any], launches: Launches) -> None:
    """As in CloudFormation, which accepts the template."""
    body = (
        '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}},'
        ' "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 2}}}}'
    )
    aws("cloudformation").create_stack(StackName="twice", TemplateBody=body)
    assert launches.ended("twice") == "CREATE_COMPLETE"
    url = launches.resource("twice", "Queue")
    attributes = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"]
    assert attributes == {"DelaySeconds": "2"}


def test_a_template_is_validated_without_a_stack(aws: Callable[[str], Any]) -> None:
    cloudformation = aws("cloudformation")
    assert "Parameters" in cloudformation.validate_template(TemplateBody=json.dumps({"Resources": {"Queue": QUEUE}}))
    absent = {"Resources": {"Queue": {**QUEUE, "Properties": {"QueueName": {"Ref": "Absent"}}}}}
    with pytest.raises(cloudformation.exceptions.ClientError, match=r"Unresolved resource dependencies \[Absent\]"):
        cloudformation.validate_template(TemplateBody=json.dumps(absent))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"TemplateURL": "https://absent.s3.amazonaws.com/a"}, "S3 error: The specified bucket does not exist"),
        ({"TemplateURL": "https://example.com/bucket/key"}, "TemplateURL must be a supported URL."),
        ({"TemplateURL": "http://bucket.s3.amazonaws.com/key"}, "TemplateURL must be a supported URL."),
        ({"TemplateURL": "https://a.s3.amazonaws.com/a", "TemplateBody": "{}"}, "Either Template URL or Template Body"),
        (
            {"Parameters": [{"ParameterKey": "Delay", "UsePreviousValue": True}]},
            "Cannot specify usePreviousValue as true for a parameter key not in the previous template",
        ),
        (
            {"Parameters": [{"ParameterKey": "Delay", "ParameterValue": value} for value in ("1", "2")]},
            "Parameter Delay was given more than once.",
        ),
        ({"Tags": [{"Key": "a", "Value": value} for value in "bc"]}, "Duplicate tag key: a"),
        ({"NotificationARNs": ["topic"]}, "Invalid notification ARN topic"),
        ({"NotificationARNs": [f"arn:aws:sns:us-east-1:111111111111:{name}" for name in "abcdef"]}, "equal to 5"),
        ({"RoleARN": "arn:aws:iam::111111111111:role/absent"}, "role/absent is invalid or cannot be assumed"),
    ],
)
def test_a_wrong_request_is_refused(aws: Callable[[str], Any], given: dict[str, Any], message: str) -> None:
    cloudformation = aws("cloudformation")
    template = {"Parameters": {"Delay": {"Type": "Number", "Default": 1}}, "Resources": {"Queue": QUEUE}}
    body = {} if "TemplateURL" in given else {"TemplateBody": json.dumps(template)}
    with pytest.raises(cloudformation.exceptions.ClientError) as refused:
        cloudformation.create_stack(StackName="wrong", **body, **given)
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    assert message in refused.value.response["Error"]["Message"]


def test_a_resource_keeps_its_type(aws: Callable[[str], Any], launches: Launches) -> None:
    cloudformation = aws("cloudformation")
    assert launches.create("typed", {"Resources": {"It": QUEUE}}) == "CREATE_COMPLETE"
    topic = json.dumps({"Resources": {"It": {"Type": "AWS::SNS::Topic"}}})
    wanted = r"Update of resource type is not permitted.*resources: \[It\]"
    with pytest.raises(cloudformation.exceptions.ClientError, match=wanted):
        cloudformation.update_stack(StackName="typed", TemplateBody=topic)
    with pytest.raises(cloudformation.exceptions.ClientError, match=wanted):
        cloudformation.create_change_set(StackName="typed", ChangeSetName="typed", TemplateBody=topic)


def test_an_update_that_changes_nothing_is_refused(aws: Callable[[str], Any], launches: Launches) -> None:
    template = {"Resources": {"It": QUEUE}}
    assert launches.create("same", template) == "CREATE_COMPLETE"
    with pytest.raises(aws("cloudformation").exceptions.ClientError, match=r"No updates are to be performed\."):
        launches.update("same", template)
    with pytest.raises(aws("cloudformation").exceptions.ClientError, match=r"No updates are to be performed\."):
        launches.update("same", {**template, "Description": "other", "Metadata": {"Note": "other"}})
    other = {"Resources": {"It": {**QUEUE, "Properties": {"DelaySeconds": 1}}}, "Description": "other"}
    assert launches.update("same", other) == "UPDATE_COMPLETE"


def test_a_change_set_has_a_name_and_a_stack_that_can_change(aws: Callable[[str], Any], launches: Launches) -> None:
    cloudformation = aws("cloudformation")
    template = {"Resources": {"Queue": QUEUE}}
    broken = {**template["Resources"], "Second": {**QUEUE, "Properties": {"RedrivePolicy": "a"}}}
    assert launches.create("back", {"Resources": broken}) == "ROLLBACK_COMPLETE"
    for name, message in (("a_b", "Value 'a_b' at 'changeSetName'"), ("a", "ROLLBACK_COMPLETE state and can not")):
        with pytest.raises(cloudformation.exceptions.ClientError, match=message):
            cloudformation.create_change_set(StackName="back", ChangeSetName=name, TemplateBody=json.dumps(template))


def test_a_protected_stack_stays(aws: Callable[[str], Any], launches: Launches) -> None:
    cloudformation = aws("cloudformation")
    assert launches.create("kept", {"Resources": {"It": QUEUE}}, EnableTerminationProtection=True) == "CREATE_COMPLETE"
    with pytest.raises(cloudformation.exceptions.ClientError, match="while TerminationProtection is enabled"):
        cloudformation.delete_stack(StackName="kept")
    cloudformation.update_termination_protection(StackName="kept", EnableTerminationProtection=False)
    assert launches.delete("kept") == "DELETE_COMPLETE"


@pytest.mark.parametrize(
    ("section", "member", "limit"),
    [
        ("Parameters", {"Type": "String", "Default": "a"}, 200),
        ("Outputs", {"Value": "a"}, 200),
        ("Mappings", {"a": {"b": "c"}}, 200),
        ("Resources", {"Type": "AWS::CloudFormation::WaitConditionHandle"}, 500),
    ],
)
def test_a_section_has_a_limit(launches: Launches, section: str, member: dict[str, Any], limit: int) -> None:
    members = {f"A{number}": member for number in range(limit + 1)}
    code, message = launches.refusal({"Resources": {"Queue": QUEUE}, section: members})
    assert code == "ValidationError"
    assert message.endswith(f"{limit + 1}, is greater than maximum allowed, {limit}")
