"""The stacks that the factory has in accounts, as data: a further one is one more entry."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from factory.aws.bootstrap.targets import HUB, Target, bucket_name, partition, targets
from factory.aws.session import Accounts
from factory.catalog.environments import LaunchRolesBy
from factory.catalog.model import Region
from factory.synthesis import account, launch_roles, pipeline
from factory.synthesis.account import account_template
from factory.synthesis.pipeline import pipeline_template


class Part(StrEnum):
    """What is prepared by a command of its own."""

    HUB = "hub"
    ENVIRONMENT = "environment"
    PIPELINE = "pipeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What the stacks are made from: the accounts, and the template of the launch roles.

    `roles` is asked once the account stacks have been looked at, with the regions in which the hub has an artifact
    bucket: templates of older versions are read there.
    """

    accounts: Accounts
    roles: Callable[[Collection[Region]], str]
    named_roles: frozenset[str] = frozenset()
    """The roles of the hub that launch constraints name, beside those that are made from the templates."""
    shares_in_organization: bool = False
    """Whether a portfolio is shared with the organization or a unit of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackKind:
    """A stack of the factory: what it is called, what is in it, and where it is.

    Parameters that a template declares and `parameters` does not give are for the account's owner to set, and stay as
    they are.
    """

    name: str
    template: Callable[[Setup, Collection[Region]], str]
    """The template; told the regions in which the hub's account stack is there already."""
    targets: Callable[[Accounts], Iterable[Target]]
    """Where it belongs, in the order in which it is made; nowhere where the manifests do not ask for it."""
    parameters: Callable[[Setup, Target], Mapping[str, str]]
    part: Part | None = None
    """To which part it belongs; unless given, to that of the account that it is in."""

    def part_of(self, target: Target) -> Part:
        """The part that one of the stacks belongs to."""
        return self.part or (Part.HUB if target.owner == HUB else Part.ENVIRONMENT)


def _launch_roles_targets(accounts: Accounts) -> Iterable[Target]:
    """One region of each account; a stack set reaches all accounts but that of the hub."""
    by_stack_set = accounts.hub.launch_roles is LaunchRolesBy.STACK_SET
    return (target for target in targets(accounts) if target.first and (target.owner == HUB or not by_stack_set))


def _account_parameters(setup: Setup, target: Target) -> Mapping[str, str]:
    accounts = setup.accounts
    return {
        "HubAccount": accounts.hub.account,
        "EnvironmentAccounts": ",".join(
            sorted({environment.account for environment in accounts.environments.values()})
        ),
        "AssetBucketName": bucket_name(accounts.hub.account, target.region),
        "MakeRoles": str(target.first).lower(),
        "LaunchRoles": ",".join(
            f"arn:{partition(target.region)}:iam::{accounts.hub.account}:role/{name}"
            for name in (launch_roles.role_name("*"), *sorted(setup.named_roles))
        ),
    }


ACCOUNT = StackKind(
    name=account.STACK_NAME,
    template=lambda setup, _prepared: account_template(setup.accounts.hub.access_from),
    targets=targets,
    parameters=_account_parameters,
)
LAUNCH_ROLES = StackKind(
    name=launch_roles.STACK_NAME,
    template=lambda setup, prepared: setup.roles(prepared),
    targets=_launch_roles_targets,
    parameters=lambda setup, _target: {"HubAccount": setup.accounts.hub.account},
)


def _pipeline_target(accounts: Accounts) -> Iterable[Target]:
    if accounts.hub.pipeline:
        yield next(iter(targets(accounts)))


def _pipeline_template(setup: Setup) -> str:
    wanted = setup.accounts.hub.pipeline
    return pipeline_template(wanted, tuple(setup.accounts.environments.values())) if wanted else ""


def _pipeline_parameters(setup: Setup) -> Mapping[str, str]:
    wanted = setup.accounts.hub.pipeline
    return {"Connection": wanted.connection} if wanted else {}


PIPELINE = StackKind(
    name=pipeline.STACK_NAME,
    template=lambda setup, _prepared: _pipeline_template(setup),
    targets=_pipeline_target,
    parameters=lambda setup, _target: _pipeline_parameters(setup),
    part=Part.PIPELINE,
)

KINDS = (ACCOUNT, LAUNCH_ROLES, PIPELINE)
"""In the order in which they are made; they are taken down in the reverse of it."""
