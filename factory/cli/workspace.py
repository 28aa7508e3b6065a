"""What a command works on: the project, its products and manifests, and the accounts behind them, each on first use."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import click

from factory.authoring import Product
from factory.aws.bootstrap import Outcome, Setup, partition, prepare
from factory.aws.launch_roles import published
from factory.aws.session import Accounts
from factory.catalog.constraints.launch import Launch
from factory.catalog.environments import Access, Duty, Environment
from factory.catalog.manifest import DeclaredPortfolio, Manifest, load
from factory.catalog.model import ProductName, Region, ShareTarget, VersionName
from factory.catalog.nearest import suggestion
from factory.cli.terminal import Terminal
from factory.errors import FactoryError, GateError, SandboxError, UsageError
from factory.gates.demands import demands
from factory.gates.finding import Finding, refusing
from factory.gates.inspection import Memory, inspect
from factory.sandbox import process
from factory.sandbox.organization import founded_for
from factory.sandbox.process import Sandbox
from factory.synthesis.artifact import Artifact, synthesize
from factory.synthesis.discovery import discover
from factory.synthesis.launch_roles import LaunchRole, launch_roles, role_name, roles_template

STATE_VARIABLE = "FACTORY_SANDBOX_STATE"
"""Names the directory in which a sandbox keeps its state, whichever command starts it."""

_MARKER = Path("portfolios/environments.yaml")
_STATE = Path(".factory")
# A command inside a hint that works on accounts, up to the end of the clause.
_COMMAND = re.compile(
    r"factory (?:bootstrap|diff|doctor|down|import|launch|plan|publish|release|status|terminate|up)\b"
    r"[^,;]*?(?= again|[,;]|$)"
)


class Workspace:
    """The project of one run of the command line."""

    def __init__(self, project: Path | None, *, sandbox: bool, terminal: Terminal) -> None:
        self._project = project
        self.sandbox = sandbox
        self.terminal = terminal
        self.duty = Duty.READER
        """What the command works as in the accounts."""
        self.administrator: str | None = None
        """A role that counts in the environments' accounts instead of what `access` names; in the hub none counts."""
        self.interrupted = threading.Event()
        """Set by Ctrl-C while several launches are watched: each watching ends, the launches go on."""

    @cached_property
    def root(self) -> Path:
        """The project's directory. Raises UsageError where there is none."""
        if self._project is not None:
            if not (self._project / _MARKER).is_file():
                raise UsageError(f"project {self._project}: it has no {_MARKER}", hint=f"factory init {self._project}")
            return self._project.resolve()
        here = Path.cwd()
        for directory in (here, *here.parents):
            if (directory / _MARKER).is_file():
                return directory
        raise UsageError(f"project: no {_MARKER} in {here} or above it", hint="factory init DIR, or --project DIR")

    @cached_property
    def products(self) -> dict[str, type[Product]]:
        """Every product by name, the shipped ones and the project's own."""
        return discover(self.root)

    @cached_property
    def artifacts(self) -> dict[ProductName, Artifact]:
        """Every product synthesized."""
        return {ProductName(name): synthesize(product) for name, product in self.products.items()}

    @cached_property
    def manifest(self) -> Manifest:
        """The project's manifests, checked."""
        versions = {ProductName(name): VersionName(product.version) for name, product in self.products.items()}
        return load(self.root, versions)

    def chosen(self, names: Sequence[str]) -> list[Artifact]:
        """The artifacts of these products, or of all where none is named. Raises UsageError for an unknown one."""
        for name in names:
            self.known(name, self.products, "product", hint="factory list")
        return [artifact for name, artifact in self.artifacts.items() if not names or name in names]

    @staticmethod
    def known(name: str, names: Iterable[str], what: str, *, hint: str | None = None) -> None:
        """Raise UsageError, with the nearest right name, unless `names` has the name."""
        known = list(names)
        if name not in known:
            raise UsageError(f"{what} {name} is unknown: {suggestion(name, known)}", hint=hint)

    # --- accounts -------------------------------------------------------------------------------------------------

    @cached_property
    def accounts(self) -> Accounts:
        """The hub and the environments: real ones, or those of the sandbox, started and prepared if none runs."""
        if self.sandbox and self.start_sandbox():
            self.prepare_accounts()
        return self._connected

    @cached_property
    def _connected(self) -> Accounts:
        endpoint = self.running_sandbox().endpoint if self.sandbox else None
        hub, environments = self.manifest.hub, self.manifest.environments
        if self.administrator:
            hub = replace(hub, access=Access(profile=hub.access.profile))
            environments = tuple(replace(item, access=self._administration(item)) for item in environments)
        return Accounts(hub, environments, endpoint=endpoint, duty=self.duty)

    def _administration(self, environment: Environment) -> Access:
        if environment.account == self.manifest.hub.account:
            return Access(profile=self.manifest.hub.access.profile)
        place = f"arn:{partition(environment.regions[0])}:iam::{environment.account}"
        return Access(role_arn=f"{place}:role/{self.administrator}", profile=self.manifest.hub.access.profile)

    @property
    def poll_seconds(self) -> float:
        """How long to wait between two looks at something that AWS is doing; calls cost money there."""
        return 0.2 if self.sandbox else 5.0

    def start_sandbox(self, port: int | None = None, state: Path | None = None) -> bool:
        """Start the sandbox with the manifests' accounts, and tell whether it was: one that runs is left as it is.

        It keeps its state in the directory `state`; unless given, a new one keeps it where FACTORY_SANDBOX_STATE says,
        if that is set. Its accounts are not prepared yet.
        Raises SandboxError where it runs with other accounts, regions, units or state than asked for.
        """
        runs = process.find(self.root) is not None
        names = {"hub": self.manifest.hub.account}
        names |= {environment.name: environment.account for environment in self.manifest.environments}
        regions = sorted({region for item in self.manifest.environments for region in item.regions})
        named = os.environ.get(STATE_VARIABLE)
        if state is None and named and not runs:
            # One directory for every command, wherever in the project it is typed.
            state = self.root / named
        with self.terminal.progress("starting the sandbox"):
            organization = founded_for(self.manifest.hub, self.manifest.environments)
            sandbox = process.start(self.root, names, regions, port, organization, state)
        if not runs:
            self.terminal.note(f"sandbox: started at {sandbox.endpoint}")
            if sandbox.restored:
                self.terminal.note(f"sandbox: restored {sandbox.state}, saved {sandbox.restored}")
        return not runs

    def running_sandbox(self) -> Sandbox:
        """The project's sandbox. Raises SandboxError where none runs."""
        sandbox = process.find(self.root)
        if sandbox is None:
            raise SandboxError("sandbox: none is running", hint="factory sandbox start")
        return sandbox

    def prepare_accounts(self) -> None:
        """Bring what the factory has in the accounts of the hub and the environments up to date, without asking."""
        with self.terminal.progress("preparing accounts") as status:
            for done in prepare(self.setup, poll_seconds=self.poll_seconds):
                status.update(f"preparing accounts: {done.target.owner} {done.target.region}")
                if done.outcome is not Outcome.UNCHANGED:
                    self.terminal.note(f"{done.target.title}  {done.subject} {done.outcome}")

    @property
    def setup(self) -> Setup:
        """What preparing the accounts starts from. In the sandbox, it has to run already."""
        named = {
            constraint.local_role_name
            for portfolio in self.manifest.portfolios
            for constraint in portfolio.constraints
            if isinstance(constraint, Launch) and constraint.local_role_name != role_name(constraint.product)
        }
        return Setup(accounts=self._connected, roles=self._roles_template, named_roles=frozenset(named))

    @property
    def shares_in_organization(self) -> bool:
        """Whether a portfolio is shared with the organization or a unit of it."""
        sharing = [portfolio.sharing for portfolio in self.manifest.portfolios if portfolio.sharing]
        return any(share.target is not ShareTarget.ACCOUNT for share in sharing)

    def _roles_template(self, regions: Collection[Region]) -> str:
        # Preparing is a part of what makes `accounts`, which therefore are not there to be asked.
        return roles_template(self._launch_roles(lambda: self._connected, regions).values())

    def launch_roles(self) -> dict[ProductName, LaunchRole]:
        """The launch role of every product: for the code's version, and for older ones that are launched with it.

        The artifact bucket is asked only where an older one is offered.
        """
        return self._launch_roles(lambda: self.accounts)

    def _launch_roles(
        self, accounts: Callable[[], Accounts], regions: Collection[Region] | None = None
    ) -> dict[ProductName, LaunchRole]:
        older = {
            (offer.product, offer.version)
            for portfolio in self.manifest.portfolios
            for offer in portfolio.offers
            if offer.product in with_own_role(portfolio)
            if (code := self.artifacts.get(offer.product)) and offer.version != code.version
        }
        return launch_roles(self.artifacts.values(), published(accounts(), older, regions) if older else {})

    def typed(self, text: str) -> str:
        """A text that names commands, as they have to be typed: in the sandbox none must go to real accounts."""
        return _COMMAND.sub(r"\g<0> --sandbox", text) if self.sandbox else text

    # --- gates ----------------------------------------------------------------------------------------------------

    def findings(self, artifacts: Sequence[Artifact]) -> list[Finding]:
        """What the gates say about these artifacts, for every region of every environment; what is excused, too."""
        regions = sorted({region for item in self.manifest.environments for region in item.regions})
        memory = Memory(directory=self.root / _STATE / "gates")
        today = datetime.now(UTC).date()
        return inspect(
            artifacts,
            catalog=self.artifacts.values(),
            regions=regions,
            today=today,
            asked=demands(self.manifest),
            memory=memory,
        )

    def refuse(self, findings: Sequence[Finding]) -> None:
        """Raise GateError if there are findings that no exception covers."""
        if findings := refusing(findings):
            lines = "\n".join(f"  {item.product}/{item.resource}: {item.message} ({item.rule})" for item in findings)
            count = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
            # One mend is worth showing at once; for several there is the command that lists them.
            mends = {item.mend for item in findings}
            hint = mends.pop() if len(mends) == 1 else "factory lint"
            raise GateError(f"gates: {count}\n{lines}", hint=hint)


def with_own_role(portfolio: DeclaredPortfolio) -> frozenset[str]:
    """The products that a portfolio launches with the roles that are made for them, not with roles of somebody else."""
    return frozenset(
        constraint.product
        for constraint in portfolio.constraints
        if isinstance(constraint, Launch) and constraint.local_role_name == role_name(constraint.product)
    )


def factory_command(name: str, duty: Duty = Duty.READER) -> Callable[[Callable[..., Any]], click.Command]:
    """A click command whose function gets the Workspace first, and which takes `--sandbox` like the group does.

    `duty` is what it works as in the accounts.
    """
    return lambda function: click.command(name)(_working(function, duty))


def factory_group(name: str) -> Callable[[Callable[..., Any]], click.Group]:
    """As `factory_command`, for a command that does something by itself and has further ones under it."""

    def decorate(function: Callable[..., Any]) -> click.Group:
        def unless_further(workspace: Workspace, **options: Any) -> Any:
            context = click.get_current_context()
            if context.invoked_subcommand is None:
                return function(workspace, **options)
            given = [name for name, value in options.items() if value and name != "sandbox"]
            if given:
                raise UsageError(f"{name}: give options after {context.invoked_subcommand}")
            return None

        group = click.group(name, invoke_without_command=True)
        return group(_working(wraps(function)(unless_further), Duty.READER))

    return decorate


def _working(function: Callable[..., Any], duty: Duty) -> Callable[..., Any]:
    @wraps(function)
    def run(*, sandbox: bool, **options: Any) -> Any:
        workspace: Workspace = click.get_current_context().obj
        workspace.sandbox = workspace.sandbox or sandbox
        workspace.duty = duty
        try:
            return function(workspace, **options)
        except FactoryError as error:
            if error.hint:
                error.hint = workspace.typed(error.hint)
            raise

    return click.option("--sandbox", is_flag=True, help="Work on the embedded AWS instead of real accounts.")(run)
