"""What the catalog knows: frozen records in tables, one set of tables a region.

Every record names the account that owns it. Accounts share a region's tables, because portfolios reach across
accounts; who may see what is decided in `visibility`. Times are seconds since the epoch.
"""

from __future__ import annotations

import enum
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from factory.sandbox.servicecatalog.attached import BudgetUse, Copy, ServiceAction, ServiceActionUse
from factory.sandbox.servicecatalog.planned import Plan


class VersionStatus(enum.StrEnum):
    """The state of a version whose template is being taken over."""

    CREATING = "CREATING"
    AVAILABLE = "AVAILABLE"
    FAILED = "FAILED"


class Guidance(enum.StrEnum):
    """What an administrator advises about a version."""

    DEFAULT = "DEFAULT"
    DEPRECATED = "DEPRECATED"


class PrincipalType(enum.StrEnum):
    """IAM is one exact ARN, IAM_PATTERN an ARN without account id that may hold wildcards."""

    IAM = "IAM"
    IAM_PATTERN = "IAM_PATTERN"


class ConstraintType(enum.StrEnum):
    """The kinds of constraint between a portfolio and a product."""

    LAUNCH = "LAUNCH"
    NOTIFICATION = "NOTIFICATION"
    RESOURCE_UPDATE = "RESOURCE_UPDATE"
    STACKSET = "STACKSET"
    TEMPLATE = "TEMPLATE"


class ShareType(enum.StrEnum):
    """Whom a portfolio is shared with."""

    ACCOUNT = "ACCOUNT"
    ORGANIZATION = "ORGANIZATION"
    ORGANIZATIONAL_UNIT = "ORGANIZATIONAL_UNIT"
    ORGANIZATION_MEMBER_ACCOUNT = "ORGANIZATION_MEMBER_ACCOUNT"


class RecordType(enum.StrEnum):
    """What was asked of a provisioned product. The API reference names the first three; the others are assumptions."""

    PROVISION = "PROVISION_PRODUCT"
    UPDATE = "UPDATE_PROVISIONED_PRODUCT"
    TERMINATE = "TERMINATE_PROVISIONED_PRODUCT"
    PROPERTIES = "UPDATE_PROVISIONED_PRODUCT_PROPERTIES"
    IMPORT = "IMPORT_PROVISIONED_PRODUCT"
    SERVICE_ACTION = "EXECUTE_PROVISIONED_PRODUCT_SERVICE_ACTION"


class RecordStatus(enum.StrEnum):
    """How far a request on a provisioned product has come."""

    CREATED = "CREATED"
    IN_PROGRESS = "IN_PROGRESS"
    IN_PROGRESS_IN_ERROR = "IN_PROGRESS_IN_ERROR"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class ProvisionedProductStatus(enum.StrEnum):
    """The state of a launched product."""

    UNDER_CHANGE = "UNDER_CHANGE"
    AVAILABLE = "AVAILABLE"
    TAINTED = "TAINTED"
    ERROR = "ERROR"
    PLAN_IN_PROGRESS = "PLAN_IN_PROGRESS"


class ProvisionedProductType(enum.StrEnum):
    """What a launched product is made of: one stack, or a stack set."""

    CFN_STACK = "CFN_STACK"
    CFN_STACKSET = "CFN_STACKSET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """A set of products offered together."""

    id: str
    account: str
    display_name: str
    provider_name: str
    description: str | None
    created: float
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product; its versions are records of their own."""

    id: str
    view_id: str
    account: str
    name: str
    owner: str
    type: str
    description: str | None
    distributor: str | None
    support_description: str | None
    support_email: str | None
    support_url: str | None
    created: float
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A provisioning artifact with its own copy of the template; `settles` is when it leaves CREATING."""

    id: str
    product_id: str
    name: str | None
    description: str | None
    type: str
    created: float
    settles: float
    template: str
    source: Mapping[str, str]
    usable: bool
    active: bool = True
    guidance: Guidance = Guidance.DEFAULT

    def status(self, now: float) -> VersionStatus:
        """The status at a moment."""
        if now < self.settles:
            return VersionStatus.CREATING
        return VersionStatus.AVAILABLE if self.usable else VersionStatus.FAILED


class Placement(NamedTuple):
    """A product in a portfolio."""

    portfolio_id: str
    product_id: str


class Principal(NamedTuple):
    """An account's grant of a portfolio to users, groups or roles."""

    portfolio_id: str
    account: str
    arn: str
    type: PrincipalType


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A rule for launching a product from a portfolio; `parameters` is the JSON text as it was given."""

    id: str
    account: str
    portfolio_id: str
    product_id: str
    type: ConstraintType
    parameters: str
    description: str
    settles: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TagOption:
    """A tag value that administrators offer or enforce."""

    id: str
    account: str
    key: str
    value: str
    active: bool = True


class TagOptionUse(NamedTuple):
    """A tag option on a portfolio or product."""

    resource_id: str
    tag_option_id: str


class ShareKey(NamedTuple):
    """A portfolio and whom it is shared with: the id of an account, an organization or an organizational unit."""

    portfolio_id: str
    type: ShareType
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of a portfolio; an organization share reaches `accounts` without being accepted.

    `members` are those that were under its node when the organization was last looked at; None while the share does
    not follow it.
    """

    key: ShareKey
    accounts: frozenset[str]
    effective: float
    accepted: bool
    share_tag_options: bool
    share_principals: bool
    members: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareAction:
    """One action on the shares of a portfolio, the accounts that it reached, and those in which it failed."""

    token: str
    account: str
    portfolio_id: str
    recipient: str
    organizational: bool
    finishes: float
    successes: tuple[str, ...]
    closed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordError:
    """Why a request on a provisioned product failed."""

    code: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """An output of a launch."""

    key: str
    value: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A request on a provisioned product and what became of it."""

    id: str
    account: str
    type: RecordType
    status: RecordStatus
    created: float
    updated: float
    provisioned_product_id: str
    provisioned_product_name: str
    product_id: str
    version_id: str
    path_id: str
    user_arn: str
    user_arn_session: str
    launch_role_arn: str | None
    tags: Mapping[str, str]
    launched_type: ProvisionedProductType = ProvisionedProductType.CFN_STACK
    errors: tuple[RecordError, ...] = ()
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionedProduct:
    """A launched product; `physical_id` is the ARN of its stack or stack set once there is one."""

    id: str
    arn: str
    account: str
    name: str
    token: str
    created: float
    status: ProvisionedProductStatus
    status_message: str | None
    product_id: str
    version_id: str
    path_id: str
    portfolio_arn: str
    user_arn: str
    user_arn_session: str
    launch_role_arn: str | None
    tags: Mapping[str, str]
    parameters: Mapping[str, str]
    notification_arns: tuple[str, ...]
    last_record_id: str
    last_provisioning_record_id: str
    type: ProvisionedProductType = ProvisionedProductType.CFN_STACK
    last_successful_record_id: str | None = None
    physical_id: str | None = None
    outputs: tuple[Output, ...] = ()


class TokenKey(NamedTuple):
    """Whose idempotency token it is, and of which operation."""

    account: str
    operation: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered to a request with an idempotency token, and which things it made and removed."""

    parameters: str
    result: Mapping[str, Any]
    made: frozenset[Hashable]
    removed: frozenset[Hashable]


@dataclass(slots=True)
class Region:
    """The tables of one region. Insertion order is the order in which lists are answered."""

    name: str
    portfolios: dict[str, Portfolio] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)
    placements: dict[Placement, str] = field(default_factory=dict)
    principals: dict[Principal, None] = field(default_factory=dict)
    constraints: dict[str, Constraint] = field(default_factory=dict)
    tag_options: dict[str, TagOption] = field(default_factory=dict)
    tag_option_uses: dict[TagOptionUse, None] = field(default_factory=dict)
    shares: dict[ShareKey, Share] = field(default_factory=dict)
    share_actions: dict[str, ShareAction] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    provisioned_products: dict[str, ProvisionedProduct] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    copies: dict[str, Copy] = field(default_factory=dict)
    service_actions: dict[str, ServiceAction] = field(default_factory=dict)
    service_action_uses: dict[ServiceActionUse, None] = field(default_factory=dict)
    budget_uses: dict[BudgetUse, None] = field(default_factory=dict)
    answered: dict[TokenKey, Answered] = field(default_factory=dict)

    def things(self) -> frozenset[Hashable]:
        """All that requests with an idempotency token make or remove, but launches, by key."""
        tables: tuple[Iterable[Hashable], ...] = (
            self.portfolios,
            self.products,
            self.versions,
            self.constraints,
            self.plans,
            self.service_actions,
            self.service_action_uses,
        )
        return frozenset(key for table in tables for key in table)

    def plan_of(self, provisioned_product_id: str) -> Plan | None:
        """The plan for a provisioned product, which has at most one."""
        return next((plan for plan in self.plans.values() if plan.launched.id == provisioned_product_id), None)

    def forget(self, provisioned_product_id: str) -> None:
        """Drop a provisioned product and the plan for it."""
        self.provisioned_products.pop(provisioned_product_id, None)
        plan = self.plan_of(provisioned_product_id)
        if plan is not None:
            del self.plans[plan.id]

    def versions_of(self, product_id: str) -> list[Version]:
        """A product's versions, oldest first."""
        return [version for version in self.versions.values() if version.product_id == product_id]

    def constraints_on(self, portfolio_id: str, product_id: str) -> list[Constraint]:
        """The constraints between a portfolio and a product."""
        return [
            constraint
            for constraint in self.constraints.values()
            if constraint.portfolio_id == portfolio_id and constraint.product_id == product_id
        ]

    def tag_options_on(self, resource_id: str) -> list[TagOption]:
        """The tag options on a portfolio or product."""
        return [self.tag_options[use.tag_option_id] for use in self.tag_option_uses if use.resource_id == resource_id]

    def service_actions_on(self, version_id: str) -> list[ServiceAction]:
        """The service actions on a version."""
        uses = [use for use in self.service_action_uses if use.version_id == version_id]
        return [self.service_actions[use.service_action_id] for use in uses]

    def budgets_on(self, resource_id: str) -> list[str]:
        """The names of the budgets of a portfolio or product."""
        return [use.budget_name for use in self.budget_uses if use.resource_id == resource_id]


@dataclass(slots=True)
class State:
    """Everything: the regions' tables."""

    regions: dict[str, Region] = field(default_factory=dict)

    def region(self, name: str) -> Region:
        """The tables of a region."""
        return self.regions.setdefault(name, Region(name))
