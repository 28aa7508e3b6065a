"""The role under which Service Catalog launches one product, from the templates of the versions that are offered.

It may do what the provider schemas' handlers name for the templates' resources, and what Service Catalog itself needs
(Administrator Guide, "AWS Service Catalog launch constraints"). Whether every handler's list is complete was never
compared with the real services.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from awacs import awslambda, cloudformation, ecr, iam, kms, s3, ssm
from awacs.aws import Bool, Statement, StringEquals, StringLike
from troposphere import AccountId, If, NoValue, Ref, Sub
from troposphere.iam import ManagedPolicy, Role

from factory.authoring.actions import Handler, handler_actions, has_reason, tagging_actions
from factory.authoring.contract import PREFIX
from factory.authoring.policy import allow, document, service_trust
from factory.catalog.model import ProductName
from factory.synthesis.artifact import Artifact
from factory.synthesis.launch_roles.policies import Grant, joined, policies, rendered, statements
from factory.synthesis.launch_roles.reach import (
    ASSETS,
    STACK,
    UNSCOPED,
    Reach,
    is_anybodys_bucket,
    reach,
    reads_assets,
    reads_only_assets,
    texts,
)

_ROLE = "AWS::IAM::Role"
_PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action
# Where the caller is let do something only through a service that is known from the action alone.
_WHEN: Mapping[str, tuple[Any, ...]] = {
    # A grant for a service that encrypts with the key, never one for somebody else (KMS Developer Guide, "Grants").
    "kms:CreateGrant": (Bool({"kms:GrantIsForAWSResource": "true"}),),
}
# Where the code is in the artifact bucket, a statement of its own says so.
_READ_OBJECT = frozenset({"s3:GetObject", "s3:GetObjectVersion"})
_DIGEST_CHARACTERS = 12
_SERVICE_LINKED = re.compile(
    r"arn:\$\{AWS::Partition\}:iam::\$\{AWS::AccountId\}:role/aws-service-role/[a-z.-]+\.amazonaws\.com/[A-Za-z]+"
)

Template = Mapping[str, Any]


def role_name(product: str) -> str:
    """The name that launch constraints give by default."""
    return f"factory-launch-{product}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchRole:
    """A product's launch role; `policies` are the statements of each of its managed policies."""

    product: ProductName
    policies: tuple[tuple[Statement, ...], ...] = field(repr=False)
    types: frozenset[str]
    """The resource types that the product makes."""

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Its policies as data, with texts such as `${AWS::AccountId}` for what CloudFormation substitutes."""
        return [rendered(document(*held)) for held in self.policies]

    @property
    def statements(self) -> list[dict[str, Any]]:
        """The statements of all of its policies, as data."""
        return [statement for held in self.documents for statement in held["Statement"]]

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action that it allows, sorted."""
        return tuple(sorted({action for statement in self.statements for action in statement["Action"]}))

    @property
    def digest(self) -> str:
        """Twelve digits that are others when the role may do something else."""
        text = json.dumps(self.documents, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]

    def resources(self, *, bounded: str, boundary: ManagedPolicy) -> list[Role | ManagedPolicy]:
        """The role and its policies. Under the condition `bounded` it has a boundary, which `boundary` hands on."""
        title = "".join(part.capitalize() for part in self.product.split("-"))
        made = [
            ManagedPolicy(
                f"{title}Launch{number}",
                Description=f"What launching {self.product} needs, part {number}",
                PolicyDocument=document(*held),
            )
            for number, held in enumerate(self.policies, start=1)
        ]
        role = Role(
            f"{title}LaunchRole",
            RoleName=role_name(self.product),
            Description=f"Service Catalog launches {self.product} with it",
            AssumeRolePolicyDocument=service_trust("servicecatalog"),
            ManagedPolicyArns=[*(policy.ref() for policy in made), If(bounded, boundary.ref(), NoValue)],
            PermissionsBoundary=If(bounded, Ref("PermissionsBoundary"), NoValue),
        )
        return [*made, role]


def launch_role(product: ProductName, templates: Sequence[Template]) -> LaunchRole:
    """The role that launches, changes and removes what any of these templates of a product makes."""
    reaches: dict[str, list[Reach]] = defaultdict(list)
    for template in templates:
        resources = template["Resources"]
        for name, resource in resources.items():
            for action in _resource_actions(resource):
                if action != _PASS_ROLE and not (action in _READ_OBJECT and reads_only_assets(resource)):
                    reaches[action].append(reach(action, name, resources))
    grants = [_grant(action, joined(found)) for action, found in reaches.items()]
    types = frozenset(resource["Type"] for template in templates for resource in template["Resources"].values())
    return LaunchRole(product=product, policies=policies([*_own_needs(templates), *statements(grants)]), types=types)


def launch_roles(
    artifacts: Iterable[Artifact], older: Mapping[ProductName, Sequence[Template]]
) -> dict[ProductName, LaunchRole]:
    """The launch role of every product, for its artifact and for templates that were published before."""
    return {
        artifact.product: launch_role(artifact.product, [artifact.template, *older.get(artifact.product, ())])
        for artifact in artifacts
    }


def _grant(action: str, found: Reach) -> Grant:
    when = _WHEN.get(action, ())
    if is_anybodys_bucket(found) and action not in UNSCOPED:
        when = (*when, StringEquals({"aws:ResourceAccount": AccountId}))
    return Grant(action=action, reach=found, when=when)


def _own_needs(templates: Sequence[Template]) -> Iterator[Statement]:
    """What Service Catalog and CloudFormation need for any template, and the passing of the templates' own roles."""
    stacks = Sub(f"arn:${{AWS::Partition}}:cloudformation:*:${{AWS::AccountId}}:stack/{STACK}*")
    calls = [
        cloudformation.CancelUpdateStack,
        cloudformation.CreateStack,
        cloudformation.DeleteStack,
        cloudformation.DescribeStackEvents,
        cloudformation.DescribeStacks,
        cloudformation.SetStackPolicy,
        cloudformation.UpdateStack,
    ]
    yield allow("OwnStacks", calls, stacks)
    yield allow("Templates", [cloudformation.GetTemplateSummary, cloudformation.ValidateTemplate], "*")
    tagged = StringEquals({"s3:ExistingObjectTag/servicecatalog:provisioning": "true"})
    yield allow("ReadTemplates", [s3.GetObject], "*", when=[tagged])
    contract = Sub(f"arn:${{AWS::Partition}}:ssm:*:${{AWS::AccountId}}:parameter{PREFIX}/*")
    yield allow("ReadContract", [ssm.GetParameters], contract)
    resources = [resource for template in templates for resource in template["Resources"].values()]
    if any(reads_assets(resource) for resource in resources):
        yield allow("ReadFunctionCode", [s3.GetObject, s3.GetObjectVersion], Sub(ASSETS))
        keys = Sub("arn:${AWS::Partition}:kms:*:${HubAccount}:key/*")
        through = StringLike({"kms:ViaService": Sub("s3.*.${AWS::URLSuffix}")})
        yield allow("DecryptFunctionCode", [kms.Decrypt], keys, when=[through])
    if any(_may_be_image(resource) for resource in resources):
        # Lambda fetches an image for whoever makes the function (Lambda Developer Guide, "Amazon ECR permissions");
        # that Lambda may do so, the repository's own policy says.
        fetch = [ecr.BatchGetImage, ecr.GetDownloadUrlForLayer, ecr.GetRepositoryPolicy]
        yield allow("ReadFunctionImages", fetch, Sub("arn:${AWS::Partition}:ecr:*:*:repository/*"))
    if services := sorted({service for resource in resources for service in _trusted(resource)}):
        # A service's name may hold the region.
        equals = StringLike if any("*" in service for service in services) else StringEquals
        roles = [Sub(arn) for arn in sorted(_own_roles(templates))]
        yield allow("PassOwnRoles", [iam.PassRole], roles, when=[equals({"iam:PassedToService": services})])
    if linked := sorted({arn for resource in resources for arn in _service_linked(resource)}):
        services = sorted({arn.split("/")[2] for arn in linked})
        passed = [Sub(arn) for arn in linked]
        yield allow(
            "PassServiceLinkedRoles", [iam.PassRole], passed, when=[StringEquals({"iam:PassedToService": services})]
        )
    if any(resource["Type"].startswith("Custom::") for resource in resources):
        functions = Sub(f"arn:${{AWS::Partition}}:lambda:*:${{AWS::AccountId}}:function:{STACK}*")
        yield allow("CustomResources", [awslambda.InvokeFunction], functions)


def _may_be_image(resource: Mapping[str, Any]) -> bool:
    return resource["Type"] == "AWS::Lambda::Function" and '"ImageUri"' in json.dumps(resource)


def _own_roles(templates: Sequence[Template]) -> set[str]:
    return {
        arn
        for template in templates
        for name, resource in template["Resources"].items()
        if resource["Type"] == _ROLE
        for arns in reach(_PASS_ROLE, name, template["Resources"]).values()
        for arn in arns
    }


def _trusted(resource: Mapping[str, Any]) -> Iterator[str]:
    """The services that may take on a role of a template; a template that is not valid yet names none."""
    if resource["Type"] != _ROLE:
        return
    for statement in _listed(resource.get("Properties", {}).get("AssumeRolePolicyDocument", {}).get("Statement")):
        principal = statement.get("Principal")
        for service in _listed(principal.get("Service") if isinstance(principal, Mapping) else None):
            yield from (text for text in texts(service) if text)


def _service_linked(resource: Mapping[str, Any]) -> Iterator[str]:
    """The roles of services that a property names, each the only one of its kind in an account."""
    for value in resource.get("Properties", {}).values():
        match value:
            case {"Fn::Sub": str(text)} if _SERVICE_LINKED.fullmatch(text):
                yield text


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _resource_actions(resource: Mapping[str, Any]) -> Iterator[str]:
    kind, properties = resource["Type"], resource.get("Properties", {})
    for handler in Handler:
        yield from (action for action in handler_actions(kind, handler) if has_reason(action, kind, properties))
    yield from tagging_actions(kind)
