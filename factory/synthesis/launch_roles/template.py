"""All launch roles of a catalog as one template: for one account, or for many through a stack set.

Roles are global, so the template is deployed in one region of an account. A parameter, the ledger, tells what the
roles in an account were made from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from awacs import iam
from awacs.aws import Condition, Deny, Statement, StringNotEquals
from troposphere import Equals, Not, Parameter, Ref, Tags, Template
from troposphere.iam import ManagedPolicy, Role
from troposphere.ssm import Parameter as SsmParameter

from factory.authoring.contract import DEFAULT_INSTANCE, PREFIX
from factory.authoring.policy import document
from factory.catalog.model import ProductName
from factory.synthesis.launch_roles.role import LaunchRole

STACK_NAME = "factory-launch-roles"
LEDGER = f"{PREFIX}/{DEFAULT_INSTANCE}/factory/launch-roles"

_BOUNDED = "RolesAreBounded"
_TAGS = {"ManagedBy": "product-factory", "Product": "factory"}
# What a parameter of the standard tier holds (Systems Manager User Guide, "Managing parameter tiers").
_STANDARD_CHARACTERS = 4_096


def roles_template(roles: Iterable[LaunchRole]) -> str:
    """The template of these roles, the same text whenever they are the same."""
    found = sorted(roles, key=lambda role: role.product)
    template = Template(Description="Roles with which Service Catalog launches the products of the factory")
    template.add_parameter(Parameter("HubAccount", Type="String", Description="Account that owns the portfolios."))
    template.add_parameter(
        Parameter(
            "PermissionsBoundary",
            Type="String",
            Default="",
            Description="ARN of the policy that bounds the launch roles and all roles that they make; empty for none.",
        )
    )
    template.add_condition(_BOUNDED, Not(Equals(Ref("PermissionsBoundary"), "")))
    boundary = template.add_resource(_boundary())
    for role in found:
        for resource in role.resources(bounded=_BOUNDED, boundary=boundary):
            if isinstance(resource, Role):
                resource.Tags = Tags(_TAGS)
            template.add_resource(resource)
    text = ",".join(f"{role.product}={role.digest}" for role in found)
    template.add_resource(
        SsmParameter(
            "Ledger",
            Name=LEDGER,
            Type="String",
            Tier="Standard" if len(text) <= _STANDARD_CHARACTERS else "Advanced",
            Value=text or "none",
            Description="What the launch roles of this account were made from, by product",
            Tags=_TAGS,
            # Whoever reads it finds the roles.
            DependsOn=[name for name, resource in template.resources.items() if isinstance(resource, Role)],
        )
    )
    body = {**template.to_dict(), "AWSTemplateFormatVersion": "2010-09-09"}
    # Compact, as CloudFormation takes 51,200 bytes inline and 1 MB in all.
    return json.dumps(body, separators=(",", ":"), sort_keys=True)


def ledger(text: str) -> Mapping[ProductName, str]:
    """The digest of each launch role, from the ledger's text."""
    entries = (entry.partition("=") for entry in text.split(",") if "=" in entry)
    return {ProductName(product): digest for product, _, digest in entries}


def _boundary() -> ManagedPolicy:
    """Keeps a bounded launch role from making roles without the boundary, which could do what it may not.

    Source: IAM User Guide, "Delegating responsibility to others using permissions boundaries".
    """
    differs = StringNotEquals({"iam:PermissionsBoundary": Ref("PermissionsBoundary")})
    growing = [iam.AttachRolePolicy, iam.CreateRole, iam.PutRolePermissionsBoundary, iam.PutRolePolicy]
    return ManagedPolicy(
        "Boundary",
        Condition=_BOUNDED,
        Description="Roles that launches make have the boundary of the role that makes them",
        PolicyDocument=document(
            Statement(
                Sid="BoundedRolesOnly", Effect=Deny, Action=growing, Resource=["*"], Condition=Condition(differs)
            ),
            Statement(Sid="BoundariesStay", Effect=Deny, Action=[iam.DeleteRolePermissionsBoundary], Resource=["*"]),
        ),
    )
