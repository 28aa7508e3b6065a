"""The roles of publisher and reader, and who may take them on.

Those of the hub are for the factory's pipeline and whom the manifests name; those of an environment's account are for
those of the hub alone. Callers are told by a condition, as a trust policy can't name a role that is yet to be made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from awacs import sts
from awacs.aws import Allow, Condition, Principal, Statement, StringEquals, StringLike
from awacs.aws import ArnLike as Like
from troposphere import If, NoValue, Ref, Sub
from troposphere.iam import Policy, Role

from factory.authoring.policy import document
from factory.catalog.environments import AccessFrom, Federation
from factory.synthesis.account import statements
from factory.synthesis.account.names import (
    BOUNDED,
    ENVIRONMENT_ROLES,
    HUB_ROLES,
    PIPELINE_CHECKER,
    PIPELINE_PUBLISHER,
    PIPELINE_READER,
    PUBLISHER_ROLE,
    READER_ROLE,
    TAGS,
)


def hub_roles(access: AccessFrom) -> Iterator[Role]:
    """The hub's publisher and reader."""
    yield _role(
        "Publisher",
        PUBLISHER_ROLE,
        "Publishes the catalog",
        condition=HUB_ROLES,
        trust=[
            _trust(f"role/{PIPELINE_PUBLISHER}", *access.publisher_roles),
            *_federated(access.federation, access.federation.publisher if access.federation else ()),
        ],
        policies={
            "read": statements.reading_in_hub(PUBLISHER_ROLE, READER_ROLE),
            "publish": [*statements.publishing_in_hub(), *statements.looking_into_history()],
        },
    )
    yield _role(
        "Reader",
        READER_ROLE,
        "Plans what would be published",
        condition=HUB_ROLES,
        trust=[
            _trust(
                *(f"role/{name}" for name in (PIPELINE_CHECKER, PIPELINE_PUBLISHER, PIPELINE_READER, PUBLISHER_ROLE)),
                *access.reader_roles,
            ),
            *_federated(access.federation, access.federation.reader if access.federation else ()),
        ],
        policies={
            "read": statements.reading_in_hub(READER_ROLE),
            "look": [
                *statements.looking_closer(),
                *statements.looking_at_stack_sets(),
                *statements.looking_into_buckets(),
                *statements.looking_for_leftovers(),
                *statements.looking_into_history(),
            ],
        },
    )


def environment_roles() -> Iterator[Role]:
    """The counterparts in an environment's account. An environment in the hub's account has those of the hub."""
    yield _role(
        "EnvironmentPublisher",
        PUBLISHER_ROLE,
        "Accepts what the hub publishes, and says who may launch it",
        condition=ENVIRONMENT_ROLES,
        trust=[_trust(f"role/{PUBLISHER_ROLE}")],
        policies={
            "read": statements.reading_in_environment(),
            "publish": statements.publishing_in_environment(),
        },
    )
    yield _role(
        "EnvironmentReader",
        READER_ROLE,
        "Sees what is launched, and who may launch",
        condition=ENVIRONMENT_ROLES,
        trust=[_trust(f"role/{PUBLISHER_ROLE}", f"role/{READER_ROLE}")],
        policies={"read": statements.reading_in_environment(), "look": statements.looking_closer()},
    )


def _role(
    title: str,
    name: str,
    description: str,
    *,
    condition: str,
    trust: list[Statement],
    policies: dict[str, Iterable[Statement]],
) -> Role:
    return Role(
        title,
        Condition=condition,
        RoleName=name,
        Description=description,
        AssumeRolePolicyDocument=document(*trust),
        PermissionsBoundary=If(BOUNDED, Ref("PermissionsBoundary"), NoValue),
        Policies=[Policy(PolicyName=policy, PolicyDocument=document(*allowed)) for policy, allowed in policies.items()],
        Tags=TAGS,
    )


def _trust(*roles: str) -> Statement:
    """Lets in roles of the hub, each given as `role/NAME`, perhaps with `*` in it."""
    arns = [Sub(f"arn:${{AWS::Partition}}:iam::${{HubAccount}}:{role}") for role in dict.fromkeys(roles)]
    return Statement(
        Sid="RolesOfTheHub",
        Effect=Allow,
        Principal=Principal("AWS", Sub("arn:${AWS::Partition}:iam::${HubAccount}:root")),
        Action=[sts.AssumeRole],
        Condition=Condition(Like({"aws:PrincipalArn": arns})),
    )


def _federated(federation: Federation | None, subjects: tuple[str, ...]) -> Iterator[Statement]:
    """Lets in what an identity provider speaks for (IAM User Guide, "Create a role for OpenID Connect federation")."""
    if federation is None or not subjects:
        return
    host = federation.provider
    provider = Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{host}")
    yield Statement(
        Sid="IdentityProvider",
        Effect=Allow,
        Principal=Principal("Federated", provider),
        Action=[sts.AssumeRoleWithWebIdentity],
        Condition=Condition(
            [
                StringEquals({f"{host}:aud": federation.audience}),
                StringLike({f"{host}:sub": list(subjects)}),
            ]
        ),
    )
