"""AWS Lambda: roles that the service may assume and that may do what the function is set up for.

Sources: AWS Lambda API Reference, CreateFunction, PutFunctionConcurrency and CreateEventSourceMapping; AWS Lambda
Developer Guide, "Lambda quotas", "Defined runtime environment variables" and "Giving Lambda functions access to
resources in an Amazon VPC".
"""

from __future__ import annotations

from typing import Any

from factory.sandbox.demands import policies
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.refusal import RefusedError

_MAX_TIMEOUT_SECONDS = 900
_MAX_VARIABLES_BYTES = 4096
_ACCOUNT_CONCURRENCY = 1000
_LEAST_UNRESERVED = 100
_RESERVED = frozenset(
    {
        *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"),
        *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"),
        *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
        *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        *("AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
    }
)
_UNCONFIGURED = "Lambda was unable to configure your environment variables because the environment variables you have "
# What the polling of a source asks for.
_POLLING = {
    "sqs": ("ReceiveMessage", "SQS"),
    "kinesis": ("GetRecords", "Kinesis"),
    "dynamodb": ("GetRecords", "DynamoDB"),
}


def _function(resource: Resource, account: Account) -> None:
    properties = resource.properties
    if int(properties.get("Timeout", 3)) > _MAX_TIMEOUT_SECONDS:
        raise _invalid(
            f"Value '{properties['Timeout']}' at 'timeout' failed to satisfy constraint: Member must have value less "
            f"than or equal to {_MAX_TIMEOUT_SECONDS}",
            "ValidationException",
        )
    _check_variables((properties.get("Environment") or {}).get("Variables") or {})
    _check_concurrency(resource, account)
    role = str(properties["Role"])
    if f"::{account.id}:" in role:
        found = account.client("iam").get_role(RoleName=role.rpartition("/")[2])["Role"]
        if not policies.trusts(found, "lambda.amazonaws.com"):
            raise _invalid("The role defined for the function cannot be assumed by Lambda.")
    if (properties.get("VpcConfig") or {}).get("SubnetIds"):
        _require(account, role, "ec2:CreateNetworkInterface", "*", "EC2")
    if target := (properties.get("DeadLetterConfig") or {}).get("TargetArn"):
        queue = ":sqs:" in target
        _require(account, role, "sqs:SendMessage" if queue else "sns:Publish", target, "SQS" if queue else "SNS")


def _check_variables(variables: Any) -> None:
    if taken := sorted(variables.keys() & _RESERVED):
        raise _invalid(
            f"{_UNCONFIGURED}provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(taken)}"
        )
    if sum(len(f"{key}{value}".encode()) for key, value in variables.items()) > _MAX_VARIABLES_BYTES:
        raise _invalid(f"{_UNCONFIGURED}provided exceeded the 4KB limit.")


def _check_concurrency(resource: Resource, account: Account) -> None:
    wanted = int(resource.properties.get("ReservedConcurrentExecutions", 0))
    if not wanted:
        return
    client = account.client("lambda")
    others = sum(
        client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions", 0)
        for name in client.get_paginator("list_functions").paginate().search("Functions[].FunctionName")
        if name != resource.physical_id
    )
    if wanted + others > _ACCOUNT_CONCURRENCY - _LEAST_UNRESERVED:
        raise _invalid(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{_LEAST_UNRESERVED}]."
        )


def _mapping(resource: Resource, account: Account) -> None:
    properties = resource.properties
    source = str(properties.get("EventSourceArn", ""))
    service = source.split(":")[2] if source.startswith("arn:") else ""
    if service not in _POLLING:
        return
    function = account.client("lambda").get_function_configuration(FunctionName=properties["FunctionName"])
    action, name = _POLLING[service]
    _require(account, function["Role"], f"{service}:{action}", source, name)
    if service == "sqs":
        sqs = account.client("sqs")
        url = sqs.get_queue_url(QueueName=source.rpartition(":")[2])["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
        visible = int(attributes["VisibilityTimeout"])
        if visible < function["Timeout"]:
            raise _invalid(
                f"Queue visibility timeout: {visible} seconds is less than Function timeout: {function['Timeout']} "
                "seconds"
            )


def _require(account: Account, role: str, action: str, resource: str, service: str) -> None:
    if not policies.may(account, role, action, resource):
        raise _invalid(
            f"The provided execution role does not have permissions to call {action.partition(':')[2]} on {service}"
        )


def _invalid(message: str, code: str = "InvalidParameterValueException") -> RefusedError:
    return RefusedError(message, code=code)


DEMANDS = {"AWS::Lambda::EventSourceMapping": _mapping, "AWS::Lambda::Function": _function}
