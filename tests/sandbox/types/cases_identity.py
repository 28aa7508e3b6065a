"""Rich settings of IAM and Lambda."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from urllib.request import urlopen

from tests.sandbox.types.cases_network import GROUP, NEW_TAGS, SUBNET, TAGS, VPC
from tests.sandbox.types.cases_storage import KEY, QUEUE
from tests.sandbox.types.readback import Aws, Case, Properties, same_tags

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
OTHER_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def allow(*actions: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
    }


WORK = allow("ec2:CreateNetworkInterface", "sqs:*", "dynamodb:*")
ROLE = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": TRUST,
            "Policies": [{"PolicyName": "work", "PolicyDocument": WORK}],
        },
    }
}
BOUNDARY = {
    "Boundary": {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": "boundary", "PolicyDocument": allow("s3:*")},
    }
}
FUNCTION = {
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "def handler(event, context):\n    return event\n"},
        },
    }
}


def role(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    iam = aws("iam")
    try:
        found = iam.get_role(RoleName=physical_id)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    names = iam.list_role_policies(RoleName=physical_id)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=physical_id)["AttachedPolicies"]
    return {
        **found,
        "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
        "PermissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Policies": [iam.get_role_policy(RoleName=physical_id, PolicyName=name) for name in names],
        "Tags": iam.list_role_tags(RoleName=physical_id)["Tags"],
    }


def policy(aws: Aws, _: str, properties: Properties) -> Properties | None:
    iam = aws("iam")
    try:
        found = iam.get_role_policy(RoleName=properties["Roles"][0], PolicyName=properties["PolicyName"])
    except iam.exceptions.NoSuchEntityException:
        return None
    return {**found, "Roles": [found["RoleName"]]}


def managed_policy(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    iam = aws("iam")
    try:
        found = iam.get_policy(PolicyArn=physical_id)["Policy"]
    except iam.exceptions.NoSuchEntityException:
        return None
    version = iam.get_policy_version(PolicyArn=physical_id, VersionId=found["DefaultVersionId"])
    users = iam.list_entities_for_policy(PolicyArn=physical_id)["PolicyRoles"]
    return {
        **found,
        "ManagedPolicyName": found["PolicyName"],
        "PolicyDocument": version["PolicyVersion"]["Document"],
        "Roles": [user["RoleName"] for user in users],
    }


def function(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    client = aws("lambda")
    try:
        found = client.get_function(FunctionName=physical_id)
    except client.exceptions.ResourceNotFoundException:
        return None
    settings = found["Configuration"]
    recursion = client.get_function_recursion_config(FunctionName=physical_id)
    package = urlopen(found["Code"]["Location"]).read()  # noqa: S310 -- the sandbox's own address
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        source = archive.read("index.py").decode()
    return {
        **settings,
        "Code": {"ZipFile": source},
        "Layers": [layer["Arn"] for layer in settings.get("Layers", [])],
        "RecursiveLoop": recursion["RecursiveLoop"],
        "ReservedConcurrentExecutions": found.get("Concurrency", {}).get("ReservedConcurrentExecutions"),
        "Tags": same_tags(found.get("Tags", {})),
    }


def permission(aws: Aws, _: str, properties: Properties) -> Properties | None:
    client = aws("lambda")
    name = properties["FunctionName"]
    try:
        document = client.get_policy(FunctionName=name)["Policy"]
    except client.exceptions.ResourceNotFoundException:
        return None
    shown = [
        properties[key]
        for key in ("Action", "Principal", "SourceArn", "SourceAccount")
        if str(properties[key]) in document
    ]
    return {key: value for key, value in properties.items() if value in shown or key == "FunctionName"}


def invoke_config(aws: Aws, _: str, properties: Properties) -> Properties | None:
    client = aws("lambda")
    name = properties["FunctionName"]
    try:
        found = client.get_function_event_invoke_config(FunctionName=name, Qualifier="$LATEST")
    except client.exceptions.ResourceNotFoundException:
        return None
    return {**found, "FunctionName": name, "Qualifier": "$LATEST"}


CASES = (
    Case(
        type="AWS::IAM::Role",
        beside=BOUNDARY,
        properties={
            "RoleName": "it",
            "Path": "/platform/",
            "Description": "of the api",
            "AssumeRolePolicyDocument": TRUST,
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "MaxSessionDuration": 7200,
            "PermissionsBoundary": {"Ref": "Boundary"},
            "Policies": [{"PolicyName": "write", "PolicyDocument": allow("s3:PutObject")}],
            "Tags": TAGS,
        },
        changed={
            "Description": "of an api",
            "AssumeRolePolicyDocument": OTHER_TRUST,
            "MaxSessionDuration": 3600,
            "Policies": [{"PolicyName": "read", "PolicyDocument": allow("s3:GetObject")}],
            "Tags": NEW_TAGS,
        },
        read=role,
    ),
    Case(
        type="AWS::IAM::Policy",
        beside=ROLE,
        properties={
            "PolicyName": "it",
            "PolicyDocument": allow("s3:GetObject"),
            "Roles": [{"Ref": "Role"}],
        },
        changed={"PolicyDocument": allow("s3:PutObject")},
        read=policy,
    ),
    Case(
        type="AWS::IAM::ManagedPolicy",
        beside=ROLE,
        properties={
            "ManagedPolicyName": "it",
            "Path": "/platform/",
            "Description": "reads",
            "PolicyDocument": allow("s3:GetObject"),
            "Roles": [{"Ref": "Role"}],
        },
        changed={"PolicyDocument": allow("s3:PutObject")},
        read=managed_policy,
    ),
    Case(
        type="AWS::Lambda::Function",
        beside={**ROLE, **KEY, **QUEUE, **VPC, **SUBNET, **GROUP},
        properties={
            "FunctionName": "it",
            "Description": "notifies",
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "def handler(event, context):\n    return event\n"},
            "Architectures": ["arm64"],
            "MemorySize": 256,
            "Timeout": 30,
            "EphemeralStorage": {"Size": 1024},
            "Environment": {"Variables": {"STAGE": "dev"}},
            "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
            "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Queue", "Arn"]}},
            "TracingConfig": {"Mode": "Active"},
            "LoggingConfig": {
                "LogFormat": "JSON",
                "LogGroup": "/functions/it",
                "ApplicationLogLevel": "INFO",
                "SystemLogLevel": "WARN",
            },
            "RecursiveLoop": "Terminate",
            "ReservedConcurrentExecutions": 10,
            "VpcConfig": {"SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": [{"Ref": "Group"}]},
            "Tags": TAGS,
        },
        changed={
            "Description": "notifies people",
            "MemorySize": 512,
            "Timeout": 60,
            "Environment": {"Variables": {"STAGE": "prod"}},
            "TracingConfig": {"Mode": "PassThrough"},
            "ReservedConcurrentExecutions": 20,
            "Tags": NEW_TAGS,
        },
        read=function,
    ),
    Case(
        type="AWS::Lambda::Permission",
        beside={**ROLE, **FUNCTION},
        properties={
            "FunctionName": {"Ref": "Function"},
            "Action": "lambda:InvokeFunction",
            "Principal": "sns.amazonaws.com",
            "SourceArn": "arn:aws:sns:us-east-1:123456789012:critical",
            "SourceAccount": "123456789012",
        },
        read=permission,
    ),
    Case(
        type="AWS::Lambda::EventInvokeConfig",
        beside={**ROLE, **FUNCTION, **QUEUE},
        properties={
            "FunctionName": {"Ref": "Function"},
            "Qualifier": "$LATEST",
            "MaximumEventAgeInSeconds": 120,
            "MaximumRetryAttempts": 1,
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Queue", "Arn"]}}},
        },
        changed={"MaximumRetryAttempts": 0},
        read=invoke_config,
    ),
)
