"""Where resource types keep policy documents, and the statements of these as rules want to read them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from factory.authoring import sources
from factory.gates.house import PartRule, Problem
from factory.gates.resources import Resource


class Purpose(StrEnum):
    """What a policy document decides."""

    IDENTITY = "what a principal may do"
    TRUST = "who may take on a role"
    RESOURCE = "who may use a resource"
    LIMIT = "what others may do at most"


PLACES: Mapping[str, Mapping[str, Purpose]] = {
    "AWS::APS::ResourcePolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::ApiGateway::DomainNameV2": {"Policy": Purpose.RESOURCE},
    "AWS::ApiGateway::RestApi": {"Policy": Purpose.RESOURCE},
    "AWS::Backup::BackupVault": {"AccessPolicy": Purpose.RESOURCE},
    "AWS::Backup::LogicallyAirGappedBackupVault": {"AccessPolicy": Purpose.RESOURCE},
    "AWS::Bedrock::ResourcePolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::CloudTrail::ResourcePolicy": {"ResourcePolicy": Purpose.RESOURCE},
    "AWS::CodeArtifact::Domain": {"PermissionsPolicyDocument": Purpose.RESOURCE},
    "AWS::CodeArtifact::Repository": {"PermissionsPolicyDocument": Purpose.RESOURCE},
    "AWS::DynamoDB::GlobalTable": {
        "Replicas.*.ReplicaStreamSpecification.ResourcePolicy.PolicyDocument": Purpose.RESOURCE,
        "Replicas.*.ResourcePolicy.PolicyDocument": Purpose.RESOURCE,
    },
    "AWS::DynamoDB::Table": {
        "ResourcePolicy.PolicyDocument": Purpose.RESOURCE,
        "StreamSpecification.ResourcePolicy.PolicyDocument": Purpose.RESOURCE,
    },
    "AWS::EC2::VPCEndpoint": {"PolicyDocument": Purpose.LIMIT},
    "AWS::ECR::PublicRepository": {"RepositoryPolicyText": Purpose.RESOURCE},
    "AWS::ECR::RegistryPolicy": {"PolicyText": Purpose.RESOURCE},
    "AWS::ECR::Repository": {"RepositoryPolicyText": Purpose.RESOURCE},
    "AWS::EFS::FileSystem": {"FileSystemPolicy": Purpose.RESOURCE},
    "AWS::EKS::PodIdentityAssociation": {"Policy": Purpose.LIMIT},
    "AWS::Elasticsearch::Domain": {"AccessPolicies": Purpose.RESOURCE},
    "AWS::EventSchemas::RegistryPolicy": {"Policy": Purpose.RESOURCE},
    "AWS::Events::EventBus": {"Policy": Purpose.RESOURCE},
    "AWS::IAM::Group": {"Policies.*.PolicyDocument": Purpose.IDENTITY},
    "AWS::IAM::GroupPolicy": {"PolicyDocument": Purpose.IDENTITY},
    "AWS::IAM::ManagedPolicy": {"PolicyDocument": Purpose.IDENTITY},
    "AWS::IAM::Policy": {"PolicyDocument": Purpose.IDENTITY},
    "AWS::IAM::Role": {"AssumeRolePolicyDocument": Purpose.TRUST, "Policies.*.PolicyDocument": Purpose.IDENTITY},
    "AWS::IAM::RolePolicy": {"PolicyDocument": Purpose.IDENTITY},
    "AWS::IAM::User": {"Policies.*.PolicyDocument": Purpose.IDENTITY},
    "AWS::IAM::UserPolicy": {"PolicyDocument": Purpose.IDENTITY},
    "AWS::IoT::Policy": {"PolicyDocument": Purpose.IDENTITY},
    "AWS::KMS::Key": {"KeyPolicy": Purpose.RESOURCE},
    "AWS::KMS::ReplicaKey": {"KeyPolicy": Purpose.RESOURCE},
    "AWS::Kinesis::ResourcePolicy": {"ResourcePolicy": Purpose.RESOURCE},
    "AWS::Lambda::ResourcePolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::Logs::Destination": {"DestinationPolicy": Purpose.RESOURCE},
    "AWS::Logs::LogGroup": {"ResourcePolicyDocument": Purpose.RESOURCE},
    "AWS::Logs::ResourcePolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::MSK::ClusterPolicy": {"Policy": Purpose.RESOURCE},
    "AWS::MediaStore::Container": {"Policy": Purpose.RESOURCE},
    "AWS::Oam::Sink": {"Policy": Purpose.RESOURCE},
    "AWS::OpenSearchService::Domain": {"AccessPolicies": Purpose.RESOURCE},
    "AWS::Organizations::Policy": {"Content": Purpose.LIMIT},
    "AWS::Redshift::Cluster": {"NamespaceResourcePolicy": Purpose.RESOURCE},
    "AWS::RedshiftServerless::Namespace": {"NamespaceResourcePolicy": Purpose.RESOURCE},
    "AWS::S3::AccessPoint": {"Policy": Purpose.RESOURCE},
    "AWS::S3::BucketPolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::S3::MultiRegionAccessPointPolicy": {"Policy": Purpose.RESOURCE},
    "AWS::S3Express::AccessPoint": {"Policy": Purpose.RESOURCE},
    "AWS::S3Express::BucketPolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::S3Files::FileSystemPolicy": {"Policy": Purpose.RESOURCE},
    "AWS::S3ObjectLambda::AccessPointPolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::S3Tables::TableBucketPolicy": {"ResourcePolicy": Purpose.RESOURCE},
    "AWS::S3Tables::TablePolicy": {"ResourcePolicy": Purpose.RESOURCE},
    "AWS::S3Vectors::VectorBucketPolicy": {"Policy": Purpose.RESOURCE},
    "AWS::SNS::TopicInlinePolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::SNS::TopicPolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::SQS::QueueInlinePolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::SQS::QueuePolicy": {"PolicyDocument": Purpose.RESOURCE},
    "AWS::SSM::ResourcePolicy": {"Policy": Purpose.RESOURCE},
    "AWS::SSO::PermissionSet": {"InlinePolicy": Purpose.IDENTITY},
    "AWS::SageMaker::ModelPackageGroup": {"ModelPackageGroupPolicy": Purpose.RESOURCE},
    "AWS::SecretsManager::ResourcePolicy": {"ResourcePolicy": Purpose.RESOURCE},
    "AWS::Transfer::User": {"Policy": Purpose.LIMIT},
    "AWS::VpcLattice::AuthPolicy": {"Policy": Purpose.RESOURCE},
    "AWS::VpcLattice::ResourcePolicy": {"Policy": Purpose.RESOURCE},
    "AWS::XRay::ResourcePolicy": {"PolicyDocument": Purpose.RESOURCE},
}
"""By resource type, the paths of its policy documents (as `PartRule.parts` has them)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy, with lists where IAM also takes a single value.

    Elements are texts, or what stands for a value that the template does not tell.
    """

    effect: str
    actions: tuple[Any, ...]
    not_actions: tuple[Any, ...]
    resources: tuple[Any, ...]
    not_resources: tuple[Any, ...]
    principals: tuple[tuple[str, Any], ...]
    """Kind (`AWS`, `Service`, `Federated`, `*`) and value."""
    has_not_principal: bool
    conditions: tuple[tuple[str, str, Any], ...]
    """Operator, key in lower case, values."""
    purpose: Purpose
    sid: str = ""

    def denies_plain_http(self) -> bool:
        """Whether it refuses everybody whatever does not come over TLS, without further conditions."""
        return (
            self.effect == "Deny"
            and not self.has_not_principal
            and any(kind in {"*", "AWS"} and value == "*" for kind, value in self.principals)
            and len(self.conditions) == 1
            and all(
                operator in {"Bool", "BoolIfExists"}
                and key == "aws:securetransport"
                and [str(value).lower() for value in _list(values)] == ["false"]
                for operator, key, values in self.conditions
            )
        )

    @property
    def allows(self) -> bool:
        """Whether it grants something; whatever is not plainly a Deny counts as granting."""
        return self.effect != "Deny"


def statements(document: Any, purpose: Purpose) -> Iterator[Statement]:
    """The statements of a policy document, given as data or as JSON text. None of what is not a policy document."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return
    if not isinstance(document, Mapping):
        return
    for body in _list(document.get("Statement")):
        if isinstance(body, Mapping):
            yield _statement(body, purpose)


class PolicyRule(PartRule):
    """Base of the rules on policy statements, wherever resources keep them."""

    purposes: ClassVar[frozenset[Purpose]]
    """The policies that the rule is about."""

    def __init_subclass__(cls) -> None:
        cls.parts = {
            resource_type: paths
            for resource_type, places in PLACES.items()
            if (paths := tuple(path for path, purpose in places.items() if purpose in cls.purposes))
        }
        super().__init_subclass__()

    def check_statement(self, resource: Resource, statement: Statement) -> Iterator[Problem]:
        """What is wrong with a statement in its world."""
        raise NotImplementedError

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[Problem]:
        """Look at every statement of a document."""
        for statement in statements(part, PLACES[resource.type][path]):
            yield from self.check_statement(resource, statement)


def is_sourceless(resource: Resource, statement: Statement, service: Any) -> bool:
    """Whether a service names no source to what it uses or takes on by this statement of a resource."""
    if statement.purpose is Purpose.TRUST:
        return service in sources.TRUSTED
    return (resource.type, service) in sources.ADMITTED


def named(statement: Statement) -> str:
    """How a message calls a statement."""
    return f"statement {statement.sid}" if statement.sid else "a statement"


def _statement(body: Mapping[str, Any], purpose: Purpose) -> Statement:
    principal = body.get("Principal")
    by_kind = principal if isinstance(principal, Mapping) else {"*": principal} if principal is not None else {}
    return Statement(
        effect=str(body.get("Effect", "")),
        actions=tuple(_list(body.get("Action"))),
        not_actions=tuple(_list(body.get("NotAction"))),
        resources=tuple(_list(body.get("Resource"))),
        not_resources=tuple(_list(body.get("NotResource"))),
        principals=tuple((str(kind), value) for kind, values in by_kind.items() for value in _list(values)),
        has_not_principal="NotPrincipal" in body,
        conditions=tuple(
            (str(operator), str(key).lower(), values)
            for operator, keys in _map(body.get("Condition")).items()
            for key, values in _map(keys).items()
        ),
        purpose=purpose,
        sid=str(body.get("Sid", "")),
    )


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
