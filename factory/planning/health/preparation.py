"""What an account has to have: read off the templates with which it is prepared; and where one that it has differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from factory.catalog.model import AccountId, Region
from factory.planning.health.facts import Account, AccountRegion, Bucket, Key, Prepared, Role
from factory.planning.health.policies import Statements, statements
from factory.synthesis.resolved import is_decided, resources

_BUCKET, _KEY, _POLICY = "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::S3::BucketPolicy"
_PARAMETER, _ROLE = "AWS::SSM::Parameter", "AWS::IAM::Role"

Given = tuple[Mapping[str, Any], Mapping[str, str]]
"""A template as data, and its parameters."""


class Sort(StrEnum):
    """How something differs from what the templates say."""

    ROLE_GONE = "role-gone"
    TRUST = "trust"
    POLICIES = "policies"
    BOUNDARY = "boundary"
    PARAMETER_GONE = "parameter-gone"
    PARAMETER = "parameter"
    BUCKET_GONE = "bucket-gone"
    PUBLIC_ACCESS = "public-access"
    BUCKET_POLICY = "bucket-policy"
    KEY_GONE = "key-gone"
    KEY_STATE = "key-state"
    KEY_ROTATION = "key-rotation"
    KEY_POLICY = "key-policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Something of an account that is not as it was made."""

    sort: Sort
    name: str
    """Of the role, parameter, bucket or key."""
    message: str

    @property
    def subject(self) -> str:
        """What it is, with its name."""
        match self.sort:
            case Sort.ROLE_GONE | Sort.TRUST | Sort.POLICIES | Sort.BOUNDARY:
                return f"role {self.name}"
            case Sort.PARAMETER_GONE | Sort.PARAMETER:
                return f"parameter {self.name}"
            case Sort.BUCKET_GONE | Sort.PUBLIC_ACCESS | Sort.BUCKET_POLICY | Sort.KEY_GONE:
                return f"bucket {self.name}"
            case _:
                return f"key {self.name}"


def wanted(account: AccountId, region: Region, *given: Given) -> Prepared:
    """What these templates make in a region of an account, as far as they alone can tell."""
    parameters: dict[str, str] = {}
    roles: dict[str, Role] = {}
    bucket: Bucket | None = None
    for template, values in given:
        made = resources(template, values, account, region)
        parameters |= {
            found["Properties"]["Name"]: found["Properties"]["Value"]
            for found in made.values()
            if found["Type"] == _PARAMETER and is_decided([found["Properties"]["Name"], found["Properties"]["Value"]])
        }
        roles |= {
            found["Properties"]["RoleName"]: _role(found["Properties"], made)
            for found in made.values()
            if found["Type"] == _ROLE and isinstance(found["Properties"].get("RoleName"), str)
        }
        bucket = _bucket(made) or bucket
    return Prepared(region=region, parameters=parameters, roles=roles, bucket=bucket)


def account_deviations(account: Account) -> Iterator[Deviation]:
    """How the roles of an account differ. Nothing where they were not read."""
    if account.identities is None:
        return
    for region in account.regions:
        for name, role in region.wanted.roles.items():
            yield from _role_deviations(role, account.identities.role(name))


def region_deviations(region: AccountRegion) -> Iterator[Deviation]:
    """How parameters, bucket and key of a region differ. Nothing where they were not read."""
    for name, value in region.wanted.parameters.items():
        if region.parameters is None:
            break
        found = region.parameters.get(name)
        if found is None:
            yield Deviation(sort=Sort.PARAMETER_GONE, name=name, message="it is not there")
        elif found != value:
            yield Deviation(sort=Sort.PARAMETER, name=name, message=f"it is {_short(found)}, not {_short(value)}")
    if region.wanted.bucket and region.bucket_read:
        yield from _bucket_deviations(region.wanted.bucket, region.bucket)


def _role_deviations(role: Role, found: Role | None) -> Iterator[Deviation]:
    if found is None:
        yield Deviation(sort=Sort.ROLE_GONE, name=role.name, message="it is not there")
        return
    if role.trust is not None and found.trust != role.trust:
        yield Deviation(sort=Sort.TRUST, name=role.name, message="its trust policy was changed by hand")
    lacking = [
        name for name, held in role.inline.items() if name not in found.inline or held not in (None, found.inline[name])
    ]
    lacking += [name for name, held in role.managed.items() if held not in found.managed.values()]
    foreign = [name for name in found.inline if name not in role.inline]
    foreign += [arn for arn, held in found.managed.items() if not held or held not in role.managed.values()]
    if lacking or foreign:
        told = [f"lacks {len(lacking)} of its policies, as made"] if lacking else []
        told += [f"has {', '.join(sorted(foreign))} besides"] if foreign else []
        yield Deviation(sort=Sort.POLICIES, name=role.name, message=f"it {' and '.join(told)}")
    if found.boundary != role.boundary:
        message = f"its permissions boundary is {found.boundary or 'none'}, not {role.boundary or 'none'}"
        yield Deviation(sort=Sort.BOUNDARY, name=role.name, message=message)


def _bucket_deviations(bucket: Bucket, found: Bucket | None) -> Iterator[Deviation]:
    if found is None:
        yield Deviation(sort=Sort.BUCKET_GONE, name=bucket.name, message="it is not there")
        return
    if not found.blocks_public_access:
        yield Deviation(sort=Sort.PUBLIC_ACCESS, name=bucket.name, message="it does not block all public access")
    if found.policy != bucket.policy:
        message = _difference("its policy", bucket.policy, found.policy)
        yield Deviation(sort=Sort.BUCKET_POLICY, name=bucket.name, message=message)
    key, wants = found.key, bucket.key
    if wants is None:
        return
    if key is None:
        yield Deviation(sort=Sort.KEY_GONE, name=bucket.name, message="it is not encrypted with a key of its own")
        return
    if key.state != wants.state:
        yield Deviation(sort=Sort.KEY_STATE, name=key.id, message=f"it is {key.state}, not {wants.state}")
    elif wants.rotates and not key.rotates:
        yield Deviation(sort=Sort.KEY_ROTATION, name=key.id, message="it does not rotate")
    if key.policy != wants.policy:
        message = _difference("its policy", wants.policy, key.policy)
        yield Deviation(sort=Sort.KEY_POLICY, name=key.id, message=message)


def _difference(what: str, before: Statements, now: Statements) -> str:
    gone, new = len(set(before) - set(now)), len(set(now) - set(before))
    told = [f"lacks {gone} of its statements"] if gone else []
    told += [f"has {new} others"] if new else []
    return f"{what} {' and '.join(told)}"


def _role(properties: Mapping[str, Any], made: Mapping[str, Mapping[str, Any]]) -> Role:
    attached = [item["Ref"] for item in properties.get("ManagedPolicyArns", ()) if isinstance(item, Mapping)]
    return Role(
        name=properties["RoleName"],
        trust=_decided(properties["AssumeRolePolicyDocument"]),
        inline={item["PolicyName"]: _decided(item["PolicyDocument"]) for item in properties.get("Policies", ())},
        managed={name: statements(made[name]["Properties"]["PolicyDocument"]) for name in attached},
        boundary=properties.get("PermissionsBoundary", ""),
    )


def _decided(policy: Mapping[str, Any]) -> Statements | None:
    return statements(policy) if is_decided(policy) else None


def _bucket(made: Mapping[str, Mapping[str, Any]]) -> Bucket | None:
    by_type = {found["Type"]: found["Properties"] for found in made.values()}
    # One that CloudFormation names holds nothing that was published.
    if not {_BUCKET, _KEY, _POLICY} <= by_type.keys() or not isinstance(by_type[_BUCKET].get("BucketName"), str):
        return None
    key = by_type[_KEY]
    # Of what was just taken into a stack it does not yet say how it should be.
    if "KeyPolicy" not in key:
        return None
    return Bucket(
        name=by_type[_BUCKET]["BucketName"],
        blocks_public_access=True,
        policy=statements(by_type[_POLICY]["PolicyDocument"]),
        key=Key(id="", state="Enabled", rotates=key["EnableKeyRotation"], policy=statements(key["KeyPolicy"])),
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
