"""What an operation has at hand while it answers one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from factory.sandbox.servicecatalog.endpoint import Endpoint
from factory.sandbox.servicecatalog.identity import Caller
from factory.sandbox.servicecatalog.stacks import Stacks
from factory.sandbox.servicecatalog.state import Region, State

if TYPE_CHECKING:
    from factory.sandbox.servicecatalog.organizations import OrganizationOf
    from factory.sandbox.servicecatalog.provisioning import Launches


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long asynchronous work takes. AWS takes seconds to minutes; these are the same states, sooner."""

    version_seconds: float = 0.3
    constraint_seconds: float = 0.1
    share_seconds: float = 0.3
    poll_seconds: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: who asks, when, and the catalog it is about."""

    operation: str
    caller: Caller
    now: float
    state: State
    region: Region
    endpoint: Endpoint
    stacks: Stacks
    launches: Launches
    organization_of: OrganizationOf
    delays: Delays

    @property
    def account(self) -> str:
        """The account of the caller."""
        return self.caller.account
