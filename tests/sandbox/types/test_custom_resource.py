"""Custom resources run: their function is invoked with the sandbox as its AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Aws = Callable[[str], Any]

# Gives back the number of topics in its account, and makes or removes one beside it.
SOURCE = """
import json
import urllib.request

import boto3


def handler(event, context):
    sns = boto3.client("sns")
    name = event["ResourceProperties"]["TopicName"]
    if event["RequestType"] == "Delete":
        arn = sns.create_topic(Name=name)["TopicArn"]
        sns.delete_topic(TopicArn=arn)
    else:
        sns.create_topic(Name=name)
    answer = {
        "Status": "FAILED" if name == "wrong" else "SUCCESS",
        "Reason": "the name is wrong",
        "PhysicalResourceId": name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {"Count": str(len(sns.list_topics()["Topics"]))},
    }
    body = json.dumps(answer).encode()
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT")
    urllib.request.urlopen(request)
"""
FUNCTION = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        },
    },
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Timeout": 60,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": SOURCE},
        },
    },
}


def custom(name: str) -> dict[str, Any]:
    properties = {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "TopicName": name}
    return {**FUNCTION, "Topic": {"Type": "Custom::Topic", "Properties": properties}}


def topics(aws: Aws) -> list[str]:
    return [topic["TopicArn"].rpartition(":")[2] for topic in aws("sns").list_topics()["Topics"]]


def test_the_function_runs_in_the_stack_s_account_on_every_operation(stacks: Any, aws: Aws) -> None:
    outputs = {"Count": {"Fn::GetAtt": ["Topic", "Count"]}, "Ref": {"Ref": "Topic"}}

    assert stacks.put("custom", custom("one"), outputs) == "CREATE_COMPLETE", stacks.reasons("custom")
    assert stacks.outputs("custom") == {"Count": "1", "Ref": "one"}
    assert topics(aws) == ["one"]

    assert stacks.put("custom", custom("two"), outputs) == "UPDATE_COMPLETE", stacks.reasons("custom")
    assert stacks.outputs("custom")["Ref"] == "two"
    assert topics(aws) == ["two"], "another physical id removes what was there before"

    assert stacks.delete("custom") == "DELETE_COMPLETE", stacks.reasons("custom")
    assert topics(aws) == []


def test_what_the_function_reports_as_failed_fails_the_stack(stacks: Any) -> None:
    assert stacks.put("custom", custom("wrong")) == "ROLLBACK_COMPLETE"
    assert "the name is wrong" in stacks.reasons("custom")
