"""The role under which Service Catalog launches a product, read off the product's template.

The actions are those that the provider schemas' handlers name for the template's resource types, and what Service
Catalog itself needs (Administrator Guide, "AWS Service Catalog launch constraints"). Whether every handler's list is
complete was never compared with the real services.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from awacs import awslambda, cloudformation, ecr, iam, s3, ssm
from awacs.aws import Action, Statement, StringEquals
from troposphere import If, NoValue, Ref, Sub
from troposphere.iam import ManagedPolicy, Role

from factory.authoring.actions import Handler, handler_actions, tagging_actions
from factory.authoring.contract import PREFIX
from factory.authoring.policy import allow, document, service_trust
from factory.synthesis.artifact import Artifact

# A managed policy holds 6,144 characters without white space (IAM User Guide, "IAM and AWS STS quotas"); the rest of
# the document takes the difference.
_ACTION_CHARACTERS = 5_200
# A managed policy's actions that may pass a role to anyone must not be among the plain ones.
_SEPARATE = frozenset({"iam:PassRole"})


def role_name(product: str) -> str:
    """The name that launch constraints give by default."""
    return f"factory-launch-{product}"


def launch_role(artifact: Artifact, *, bounded: str) -> list[Role | ManagedPolicy]:
    """The role and its policies. `bounded` is the condition that a permissions boundary was given to the stack."""
    title = "".join(part.capitalize() for part in artifact.product.split("-"))
    policies = [
        ManagedPolicy(
            f"{title}Launch{number}",
            Description=f"What launching {artifact.product} needs, part {number}",
            PolicyDocument=document(*statements),
        )
        for number, statements in enumerate(_documents(artifact), start=1)
    ]
    role = Role(
        f"{title}LaunchRole",
        RoleName=role_name(artifact.product),
        Description=f"Service Catalog launches {artifact.product} with it",
        AssumeRolePolicyDocument=service_trust("servicecatalog"),
        ManagedPolicyArns=[policy.ref() for policy in policies],
        PermissionsBoundary=If(bounded, Ref("PermissionsBoundary"), NoValue),
    )
    return [*policies, role]


def actions(artifact: Artifact) -> tuple[str, ...]:
    """Every IAM action that the handlers of the template's resource types name, sorted."""
    types = {resource["Type"] for resource in artifact.template["Resources"].values()}
    return tuple(sorted({action for name in types for action in _type_actions(name)}))


def _documents(artifact: Artifact) -> Iterator[list[Statement]]:
    yield _own_needs(artifact)
    # The handlers' lists name actions on resources whose ARNs are known only once they exist.
    for number, chunk in enumerate(_chunks(name for name in actions(artifact) if name not in _SEPARATE)):
        yield [allow(f"Resources{number}", [Action(*name.split(":", 1)) for name in chunk], "*")]


def _own_needs(artifact: Artifact) -> list[Statement]:
    """What Service Catalog and CloudFormation need for any template, and the passing of the template's own roles."""
    made = artifact.template["Resources"].values()
    stacks = Sub("arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/SC-${AWS::AccountId}-*")
    statements = [
        allow(
            "OwnStacks",
            [
                cloudformation.CancelUpdateStack,
                cloudformation.CreateStack,
                cloudformation.DeleteStack,
                cloudformation.DescribeStackEvents,
                cloudformation.DescribeStacks,
                cloudformation.SetStackPolicy,
                cloudformation.UpdateStack,
            ],
            stacks,
        ),
        allow("Templates", [cloudformation.GetTemplateSummary, cloudformation.ValidateTemplate], "*"),
        allow(
            "ReadTemplates",
            [s3.GetObject],
            "*",
            when=[StringEquals({"s3:ExistingObjectTag/servicecatalog:provisioning": "true"})],
        ),
        allow(
            "ReadContract",
            [ssm.GetParameters],
            Sub(f"arn:${{AWS::Partition}}:ssm:*:${{AWS::AccountId}}:parameter{PREFIX}/*"),
        ),
    ]
    if artifact.assets:
        statements.append(
            allow("ReadFunctionCode", [s3.GetObject], Sub("arn:${AWS::Partition}:s3:::${AssetBucketName}/assets/*"))
        )
    if any(resource["Type"] == "AWS::Lambda::Function" and '"ImageUri"' in json.dumps(resource) for resource in made):
        # Lambda fetches an image for whoever makes the function (Lambda Developer Guide, "Amazon ECR permissions");
        # that Lambda may do so, the repository's own policy says.
        fetch = [ecr.BatchGetImage, ecr.GetDownloadUrlForLayer, ecr.GetRepositoryPolicy]
        statements.append(allow("ReadFunctionImages", fetch, Sub("arn:${AWS::Partition}:ecr:*:*:repository/*")))
    if services := _trusted_services(artifact):
        roles = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/SC-${AWS::AccountId}-*")
        condition = StringEquals({"iam:PassedToService": services})
        statements.append(allow("PassOwnRoles", [iam.PassRole], roles, when=[condition]))
    if any(resource["Type"].startswith("Custom::") for resource in made):
        functions = Sub("arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:SC-${AWS::AccountId}-*")
        statements.append(allow("CustomResources", [awslambda.InvokeFunction], functions))
    return statements


def _trusted_services(artifact: Artifact) -> list[str]:
    found: set[str] = set()
    for resource in artifact.template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            for statement in resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
                service: Any = statement["Principal"].get("Service", [])
                found |= {service} if isinstance(service, str) else set(service)
    return sorted(found)


def _type_actions(resource_type: str) -> Iterator[str]:
    for handler in Handler:
        yield from handler_actions(resource_type, handler)
    yield from tagging_actions(resource_type)


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for name in names:
        length = len(name) + len('"",')
        if chunk and size + length > _ACTION_CHARACTERS:
            yield chunk
            chunk, size = [], 0
        chunk.append(name)
        size += length
    if chunk:
        yield chunk
