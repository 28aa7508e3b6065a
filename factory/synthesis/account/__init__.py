"""The template that prepares an account for the factory: artifact bucket in the hub, the factory's roles everywhere."""

from __future__ import annotations

import json

from troposphere import AccountId as ThisAccount
from troposphere import And, Condition, Equals, Not, Parameter, Ref, Template
from troposphere.ssm import Parameter as SsmParameter

from factory.authoring.product import ASSET_BUCKET
from factory.catalog.environments import AccessFrom
from factory.synthesis.account import names
from factory.synthesis.account.bucket import add_artifact_bucket
from factory.synthesis.account.launcher import launcher
from factory.synthesis.account.names import (
    LAUNCHER_ROLE,
    PIPELINE_PUBLISHER,
    PIPELINE_READER,
    PUBLISHER_ROLE,
    READER_ROLE,
    STACK_NAME,
)
from factory.synthesis.account.roles import environment_roles, hub_roles

__all__ = [
    "LAUNCHER_ROLE",
    "PIPELINE_PUBLISHER",
    "PIPELINE_READER",
    "PUBLISHER_ROLE",
    "READER_ROLE",
    "STACK_NAME",
    "account_template",
]


def account_template(access: AccessFrom | None = None) -> str:
    """The template for the hub and for every environment's account, in each of their regions.

    `access` says who may take on the roles of the hub; nobody but the factory's pipeline unless given. Conditions tell
    the accounts apart, so that the hub may hold an environment too. Roles are global: they are made in the account's
    first region alone (`MakeRoles`).
    """
    template = Template(
        Description="What an account needs before the product factory publishes to it or launches in it"
    )
    for name, description, more in (
        ("HubAccount", "Account that owns the portfolios.", {}),
        ("EnvironmentAccounts", "Accounts that launch, separated by commas.", {"Type": "CommaDelimitedList"}),
        ("AssetBucketName", "Artifact bucket of this region, in the hub.", {}),
        ("MakeRoles", "Whether this is the account's first region.", {"AllowedValues": ["true", "false"]}),
        (
            "LaunchRoles",
            "ARNs of the hub's roles that launch constraints may name, separated by commas.",
            {"Type": "CommaDelimitedList"},
        ),
        ("PermissionsBoundary", "ARN of the policy that bounds the roles; empty for none.", {"Default": ""}),
    ):
        template.add_parameter(Parameter(name, **{"Type": "String", "Description": description, **more}))
    template.add_condition(names.HUB, Equals(ThisAccount, Ref("HubAccount")))
    template.add_condition(names.ROLES, Equals(Ref("MakeRoles"), "true"))
    template.add_condition(names.HUB_ROLES, And(Condition(names.HUB), Condition(names.ROLES)))
    template.add_condition(names.ENVIRONMENT_ROLES, And(Not(Condition(names.HUB)), Condition(names.ROLES)))
    template.add_condition(names.BOUNDED, Not(Equals(Ref("PermissionsBoundary"), "")))
    template.add_resource(
        SsmParameter(
            "AssetBucketContract",
            Name=ASSET_BUCKET.key(),
            Type="String",
            Value=Ref("AssetBucketName"),
            Description=ASSET_BUCKET.description,
            Tags={"ManagedBy": "product-factory", "Product": "factory"},
        )
    )
    add_artifact_bucket(template)
    for role in (launcher(), *hub_roles(access or AccessFrom()), *environment_roles()):
        template.add_resource(role)
    body = {**template.to_dict(), "AWSTemplateFormatVersion": "2010-09-09"}
    # Compact, since it is handed to CloudFormation inline, which takes 51,200 bytes.
    return json.dumps(body, separators=(",", ":"), sort_keys=True)
