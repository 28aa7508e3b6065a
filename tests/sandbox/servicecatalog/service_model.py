"""Botocore's service model as the conformance tests read it: operations, samples of input, what is left out."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import botocore.model

SERVICE = botocore.model.ServiceModel(
    botocore.loaders.Loader().load_service_model("servicecatalog", "service-2"), "servicecatalog"
)

# Errors of the front of AWS's JSON services, which no model lists.
COMMON = {"ValidationException", "SerializationException", "ThrottlingException"}

_TERRAFORM = "only engines of Terraform products call it, and the sandbox has no such products"
LEFT_OUT = {
    "NotifyProvisionProductEngineWorkflowResult": _TERRAFORM,
    "NotifyTerminateProvisionedProductEngineWorkflowResult": _TERRAFORM,
    "NotifyUpdateProvisionedProductEngineWorkflowResult": _TERRAFORM,
}
SUPPORTED = [name for name in SERVICE.operation_names if name not in LEFT_OUT]

_VALUES = {
    "AccountId": "999999999999",
    "OrganizationNodeValue": "o-aaaaaaaaaa",
    "PrincipalARN": "arn:aws:iam::999999999999:role/none",
    "CodeStarConnectionArn": "arn:aws:codestar-connections:us-east-1:999999999999:connection/none",
    "NotificationArn": "arn:aws:sns:us-east-1:999999999999:none",
    "ProductArn": "arn:aws:catalog:us-east-1:999999999999:product/prod-none",
    "ConstraintParameters": "{}",
    "ConstraintType": "LAUNCH",
    "ProvisionedProductProperties": {"OWNER": "none"},
    "ResourceType": "None",
    "IdempotencyToken": "token",
    "ServiceActionDefinitionMap": {"Name": "AWS-RestartEC2Instance"},
}


def input_shape(operation: str) -> Any:
    """The shape of an operation's parameters."""
    return SERVICE.operation_model(operation).input_shape


def sample(shape: Any) -> Any:
    """A value that the model allows and that names nothing that exists."""
    if shape.name in _VALUES:
        return _VALUES[shape.name]
    if shape.type_name == "structure":
        return {name: sample(member) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [sample(shape.member)]
    if shape.type_name == "map":
        return {sample(shape.key): sample(shape.value)}
    if shape.type_name == "boolean":
        return True
    if shape.type_name == "integer":
        return 1
    return shape.enum[0] if shape.enum else "none"


def required_sample(operation: str) -> dict[str, Any]:
    """The required parameters of an operation."""
    shape = input_shape(operation)
    return {name: sample(shape.members[name]) for name in shape.required_members}


def full_sample(operation: str) -> dict[str, Any]:
    """Every parameter of an operation, whether or not they go together."""
    return dict(sample(input_shape(operation)))


def required_members(operation: str) -> list[str]:
    """The parameters that an operation demands."""
    return list(input_shape(operation).required_members)


def is_paged(operation: str) -> bool:
    """Whether an operation takes a page size and a token."""
    return {"PageSize", "PageToken"} <= set(input_shape(operation).members)


def page_cap(operation: str) -> int:
    """The largest page that an operation gives."""
    return int(input_shape(operation).members["PageSize"].metadata["max"])


def token_member(operation: str) -> str | None:
    """The parameter that makes repeating an operation harmless, if it has one."""
    members = input_shape(operation).members.items()
    return next((name for name, member in members if member.metadata.get("idempotencyToken")), None)


def names_a_thing(operation: str) -> bool:
    """Whether an operation demands the id of something, so that it can't be answered where nothing is."""
    shape = input_shape(operation)
    return any(
        shape.members[name].name in ("Id", "ProductArn", "ResourceId", "TagOptionId") for name in shape.required_members
    )
