"""Which IAM actions the handlers of a resource type name, and on what resources IAM lets an action be allowed.

Which kind of resource a type makes is told by its name, or by the table here where the names differ.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from factory.authoring.schemas import schema

# Verbs of actions that change nothing; those that list or describe give no contents away.
_READING = re.compile("(BatchGet|Describe|Get|Head|List|Lookup|Query|Scan|Search)")
_METADATA = re.compile("(Describe|List)")
_TAGGING = re.compile("[Tt]ag(s|ging)?(?![a-z])")
# Types whose name is not that of their resources in the Service Authorization Reference.
_KINDS = {
    "AWS::EC2::EIP": "elasticip",
    "AWS::EC2::FlowLog": "vpcflowlog",
    "AWS::IAM::ManagedPolicy": "policy",
    "AWS::RDS::DBInstance": "db",
    "AWS::RDS::DBParameterGroup": "pg",
    "AWS::RDS::DBProxy": "proxy",
    "AWS::RDS::DBSubnetGroup": "subgrp",
    "AWS::ServiceDiscovery::HttpNamespace": "namespace",
    "AWS::ServiceDiscovery::PrivateDnsNamespace": "namespace",
}
# Actions on what a property names, by the types whose handlers call them for nothing else.
_FOR_A_PROPERTY: Mapping[str, Mapping[str, str]] = {
    "AWS::IAM::ManagedPolicy": {
        "iam:AttachGroupPolicy": "Groups",
        "iam:AttachRolePolicy": "Roles",
        "iam:AttachUserPolicy": "Users",
        "iam:DetachGroupPolicy": "Groups",
        "iam:DetachRolePolicy": "Roles",
        "iam:DetachUserPolicy": "Users",
    },
    "AWS::StepFunctions::StateMachine": {
        "s3:GetObject": "DefinitionS3Location",
        "s3:GetObjectVersion": "DefinitionS3Location",
    },
}


class Handler(StrEnum):
    """What a resource provider is asked to do."""

    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"


# What handlers call although the provider schemas do not say so. A schema without any handlers is of a type that
# CloudFormation makes without one; connections have had another name since 2024, of which schemas know the former.
_UNSAID: Mapping[str, Mapping[Handler, tuple[str, ...]]] = {
    "AWS::CodeBuild::Project": {
        Handler.CREATE: ("codebuild:CreateProject", "iam:PassRole"),
        Handler.READ: ("codebuild:BatchGetProjects",),
        Handler.UPDATE: ("codebuild:UpdateProject", "iam:PassRole"),
        Handler.DELETE: ("codebuild:DeleteProject",),
    },
    "AWS::CodePipeline::Pipeline": {
        Handler.CREATE: ("codeconnections:PassConnection",),
        Handler.UPDATE: ("codeconnections:PassConnection",),
    },
    # Its role is made when an account has Security Hub for the first time (Security Hub User Guide, "Service-linked
    # roles").
    "AWS::SecurityHub::Hub": {Handler.CREATE: ("iam:CreateServiceLinkedRole",)},
}


@cache
def handler_actions(resource_type: str, handler: Handler) -> tuple[str, ...]:
    """The actions that a handler names in the provider schema, in its order; none for a custom resource.

    A few handlers name actions that IAM does not know; they are left out. Raises KeyError for an unknown type.
    """
    named = _schema(resource_type).get("handlers", {}).get(handler, {}).get("permissions", ())
    return _known((*named, *_UNSAID.get(resource_type, {}).get(handler, ())))


def has_reason(action: str, resource_type: str, properties: Mapping[str, Any]) -> bool:
    """Whether a resource with these properties may give its handlers reason for an action that they name.

    A state machine's definition is read from S3 where its properties say that it is there.
    """
    name = _FOR_A_PROPERTY.get(resource_type, {}).get(action)
    return name is None or name in properties


@cache
def tagging_actions(resource_type: str) -> tuple[str, ...]:
    """The actions that the provider schema names for tagging; none where the type takes no tags."""
    return _known(_schema(resource_type).get("tagging", {}).get("permissions") or ())


@cache
def arn_formats(action: str) -> Mapping[str, tuple[str, ...]]:
    """The kinds of resources on which an action can be allowed, each with its ARNs (Service Authorization Reference).

    `${Partition}`, `${Region}` and `${Account}` stand for themselves, and `*` for the rest. An action without any
    kind can be allowed on `*` only.
    """
    service, _, name = action.partition(":")
    specification = _specification()[service]
    # Actions name kinds with capitals, by which the kinds themselves are not always found.
    resources = {kind.lower(): body for kind, body in (specification.get("Resources") or {}).items()}
    return {
        kind.lower(): tuple(arn.replace(".*", "*") for arn in resources[kind.lower()]["ARNFormats"])
        for kind in specification["Actions"][name.lower()].get("Resources", ())
        if kind.lower() in resources
    }


def is_reading(action: str) -> bool:
    """Whether an action changes nothing, as its verb says."""
    return _READING.match(action.partition(":")[2]) is not None


def is_metadata(action: str) -> bool:
    """Whether an action describes or lists, and so gives no contents away."""
    return _METADATA.match(action.partition(":")[2]) is not None


def is_tagging(action: str) -> bool:
    """Whether an action is about the tags of a resource."""
    return _TAGGING.search(action.partition(":")[2]) is not None


def service_actions(service: str) -> int:
    """How many actions IAM knows of a service, by its prefix."""
    return len(_names()[service])


def service_of(resource_type: str) -> str:
    """The prefix of the service that a type's handlers call most; none for a custom resource."""
    found = Counter(
        action.partition(":")[0] for handler in Handler for action in handler_actions(resource_type, handler)
    )
    return max(sorted(found), key=lambda service: found[service], default="")


def kind_of(resource_type: str) -> str:
    """The kind of resource that a type makes, as `plain` gives kinds."""
    return _KINDS.get(resource_type, plain(resource_type.rpartition("::")[2]))


@cache
def plain(kind: str) -> str:
    """A kind's name without the part behind a slash, in small letters and digits only."""
    return re.sub("[^a-z0-9]", "", kind.partition("/")[0].lower())


def _schema(resource_type: str) -> Mapping[str, Any]:
    return {} if resource_type.startswith("Custom::") else schema(resource_type)


def _known(actions: Iterable[str]) -> tuple[str, ...]:
    # A few schemas write a service's prefix with capitals, which IAM does not mind and the tables here do.
    written = (f"{service.lower()}:{name}" for service, _, name in (action.partition(":") for action in actions))
    return tuple(
        dict.fromkeys(
            action
            for action in written
            if action.partition(":")[2].lower() in _names().get(action.partition(":")[0], frozenset())
        )
    )


@cache
def _names() -> Mapping[str, frozenset[str]]:
    return {
        service: frozenset(name.lower() for name in body.get("Actions", {}))
        for service, body in _specification().items()
        if isinstance(body, dict)
    }


@cache
def _specification() -> Mapping[str, Any]:
    from cfnlint.data import AdditionalSpecs
    from cfnlint.helpers import load_resource

    found: Mapping[str, Any] = load_resource(AdditionalSpecs, "Policies.json")
    return found
