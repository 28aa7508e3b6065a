"""What was seen in the accounts, as plain values. Whatever could not be read is None, and told among the refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from factory.catalog.environments import Environment
from factory.catalog.manifest import Manifest
from factory.catalog.model import (
    AccountId,
    Catalog,
    Place,
    PortfolioName,
    ProductName,
    Region,
    TagOption,
    Tags,
    VersionName,
)
from factory.planning.health.finding import HUB
from factory.planning.health.policies import Statements
from factory.planning.plan import Plan
from factory.planning.written import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A question that somebody did not answer."""

    owner: str
    subject: str
    code: str
    """AWS's, or the name of what kept the question from reaching AWS."""
    message: str
    hint: str = ""


# --- accounts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An IAM role with what it may do: by name of an inline policy, and by ARN of a managed one."""

    name: str
    arn: str = ""
    trust: Statements | None = ()
    """None where only the stack that makes the role knows, as of any policy."""
    inline: Mapping[str, Statements | None] = field(default_factory=dict)
    managed: Mapping[str, Statements] = field(default_factory=dict)
    """AWS's own policies have no statements here: they are not read."""
    boundary: str = ""
    """ARN of its permissions boundary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """Whom an account has."""

    roles: tuple[Role, ...] = ()
    others: frozenset[str] = frozenset()
    """ARNs of users and groups."""

    @property
    def arns(self) -> frozenset[str]:
        """Everybody."""
        return self.others | {role.arn for role in self.roles}

    def role(self, name: str) -> Role | None:
        """The role of that name."""
        return next((role for role in self.roles if role.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The key of an artifact bucket."""

    id: str
    state: str
    """KMS's, such as `Enabled` or `PendingDeletion`."""
    rotates: bool
    policy: Statements = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A region's artifact bucket."""

    name: str
    blocks_public_access: bool
    """In all four ways."""
    policy: Statements = ()
    key: Key | None = None
    """None where it is not encrypted with a key of KMS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack that prepares the account."""

    name: str
    status: str = ""
    """CloudFormation's; empty where there is no such stack."""
    current: bool = True
    """Whether template and parameters are those that `factory bootstrap` gives it now."""
    of_stack_set: bool = False
    """Whether it is the stack set of that name that brings it into the account; the status is then the set's word."""

    @property
    def subject(self) -> str:
        """What it is, for messages."""
        return f"stack of stack set {self.name}" if self.of_stack_set else f"stack {self.name}"

    @property
    def sound(self) -> bool:
        """Whether its last operation ended well."""
        if self.of_stack_set:
            return self.status == "CURRENT"
        return self.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What one region of an account has to have, or has, so that products are launched there."""

    region: Region
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The factory's SSM parameters, by name."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """By name; only in the account's first region."""
    bucket: Bucket | None = None
    """Only in the hub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRegion:
    """An account in one of its regions: what has to be there and what is."""

    wanted: Prepared
    stacks: tuple[Stack, ...] = ()
    parameters: Mapping[str, str] | None = None
    bucket: Bucket | None = None
    """None outside of the hub, where there is none, or where it was not read."""
    bucket_read: bool = True
    enabled: bool | None = None
    unreserved: int | None = None
    """How many executions of functions at once no function has reserved."""

    @property
    def region(self) -> Region:
        """Its name."""
        return self.wanted.region


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The hub, or an account of one or more environments."""

    owner: str
    """The first environment that names it, or the hub."""
    id: AccountId
    identities: Identities | None = None
    regions: tuple[AccountRegion, ...] = ()


# --- what is published --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A portfolio, or a product where `product` says so, with its tags and tag options by id."""

    place: Place
    portfolio: PortfolioName | None = None
    product: ProductName | None = None
    id: str
    tags: Tags = ()
    active: Mapping[str, TagOption] = field(default_factory=dict)
    inactive: Mapping[str, TagOption] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What it is, for messages."""
        return f"product {self.product}" if self.product else f"portfolio {self.portfolio}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleByArn:
    """A launch constraint that names its role by an ARN."""

    place: Place
    portfolio: PortfolioName
    product: ProductName
    id: str
    arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """An object of an offered version that is gone from a region's bucket, or has other bytes than its name says."""

    region: Region
    product: ProductName
    version: VersionName
    bucket: str
    key: str
    code: str
    """`NoSuchKey`, or `DigestMismatch`."""
    by_publish: bool = False
    """Whether a publication brings it back."""
    good: str = ""
    """The id of the object's version that has the right bytes; empty where the bucket has none."""


class Trusted(StrEnum):
    """A service that the manifests may need to have trusted access to the organization."""

    CATALOG = "Service Catalog"
    STACK_SETS = "CloudFormation StackSets"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRegion:
    """How much of the hub's quotas in a region is used."""

    region: Region
    portfolios: int
    products: int
    quotas: Mapping[str, float] = field(default_factory=dict)
    """The account's own by code, as far as Service Quotas tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A provisioned product in an environment's account."""

    place: Place
    name: str
    id: str
    product: ProductName
    version: VersionName
    """As Service Catalog names it to the account."""
    status: str
    message: str = ""
    offered: bool | None = None
    """Whether its version is active; None where the hub's factory does not own it."""
    hours: float = 0.0
    """How long the status has been under change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the checks look at."""

    manifest: Manifest
    written: tuple[Written, ...] = ()
    """The files of the repository that the factory keeps up to date."""
    environments: tuple[Environment, ...]
    """Those that were asked for."""
    accounts: tuple[Account, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    read: tuple[Place, ...] = ()
    """The places of which the catalog was read."""
    observed: Catalog | None = None
    desired: Catalog | None = None
    plan: Plan | None = None
    unplanned: Refusal | None = None
    """Why there is no plan."""
    tagged: tuple[Tagged, ...] = ()
    roles_by_arn: tuple[RoleByArn, ...] = ()
    hub_regions: tuple[HubRegion, ...] = ()
    damages: tuple[Damage, ...] = ()
    launches: tuple[Launch, ...] = ()
    untrusted: Mapping[Trusted, str] = field(default_factory=dict)
    """Services that lack the trusted access to the organization that the manifests need, with what grants it."""
    arrived: Mapping[Place, frozenset[PortfolioName]] = field(default_factory=dict)
    """The portfolios that reached a place by the organization, for places that were asked."""

    def account(self, owner: str) -> Account | None:
        """The account of an environment, or of the hub."""
        wanted = self.manifest.hub.account if owner == HUB else self.manifest.environment(owner).account
        return next((account for account in self.accounts if account.id == wanted), None)
