"""`factory bootstrap`: prepares the hub and the environments' accounts, by a plan."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import click

from factory.aws.bootstrap import Outcome, Part, RemovalStep, StackKind, Step, Target, carry_out, plan, plan_removal
from factory.cli.workspace import Workspace, factory_command, factory_group
from factory.errors import LaunchError, UsageError
from factory.synthesis.account import account_template
from factory.synthesis.pipeline import pipeline_template

_MARKS = {
    Outcome.CREATED: ("+", "green"),
    Outcome.UPDATED: ("~", "yellow"),
    Outcome.RESTORED: ("~", "yellow"),
    Outcome.REMOVED: ("-", "red"),
    Outcome.ELSEWHERE: ("!", "bold red"),
    Outcome.UNCHANGED: ("=", "dim"),
}
_WORDS = {
    Outcome.CREATED: "create",
    Outcome.UPDATED: "update",
    Outcome.RESTORED: "restore",
    Outcome.REMOVED: "remove",
    Outcome.ELSEWHERE: "leave to another account",
    Outcome.UNCHANGED: "leave as it is",
}

Chosen = Callable[[StackKind, Target], bool]


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print a JSON document of what was, or would be, done."),
        click.option("--yes", is_flag=True, help="Do not ask."),
        click.option("--dry-run", is_flag=True, help="Show the plan, and change nothing."),
        click.option(
            "--role",
            metavar="NAME",
            help="Role to take on in the environments' accounts, instead of what `access` says; the hub is reached "
            "with the credentials at hand.",
        ),
        click.option("--take-down", is_flag=True, help="Remove what was prepared; published templates stay."),
    ):
        function = option(function)
    return function


@factory_group("bootstrap")
@_options
@click.option("--template", is_flag=True, help="Print the account template instead of deploying it.")
def command(workspace: Workspace, template: bool, **how: Any) -> None:
    """Prepare the hub and every environment's account.

    Deploys one stack an account and region: the artifact bucket in the hub, and in each account the roles of the
    factory and the path to the bucket; one stack an account with the roles that launch the products, as `factory
    roles` shows them; and the pipeline, if the manifests ask for one. Shows a plan and asks before it changes anything,
    unless told --yes. Running it again changes only what is different, and brings back what somebody changed by hand
    of what it made. It needs credentials that may create IAM roles.

    --take-down removes all of this again, unless there are still portfolios of the factory or launches. Artifact
    buckets stay, and their keys.

    \b
    Example: factory bootstrap --sandbox
    """
    if template:
        click.echo(account_template(workspace.manifest.hub.access_from))
        return
    _run(workspace, "bootstrap", lambda _kind, _target: True, **how)


@factory_command("hub")
@_options
def hub(workspace: Workspace, **how: Any) -> None:
    """Prepare the hub only, in every region that an environment has.

    \b
    Example: factory bootstrap hub --dry-run
    """
    _run(workspace, "bootstrap hub", lambda kind, target: kind.part_of(target) is Part.HUB, **how)


@factory_command("environment")
@click.option("-e", "--environment", "environments", multiple=True, help="Only this environment; may be repeated.")
@_options
def environment(workspace: Workspace, environments: tuple[str, ...], **how: Any) -> None:
    """Prepare the environments' accounts only; the hub has to be prepared.

    \b
    Example: factory bootstrap environment -e dev --role OrganizationAccountAccessRole
    """
    manifest = workspace.manifest
    chosen = [manifest.environment(name) for name in environments] or manifest.environments
    accounts = {item.account for item in chosen}
    title = " ".join(["bootstrap environment", *(f"-e {name}" for name in environments)])
    _run(
        workspace,
        title,
        lambda kind, target: kind.part is None and target.account in accounts,
        **how,
    )


@factory_command("pipeline")
@_options
@click.option("--template", is_flag=True, help="Print the pipeline's template instead of deploying it.")
def pipeline(workspace: Workspace, template: bool, **how: Any) -> None:
    """Prepare the pipeline that publishes this repository, in the hub's first region.

    It is what `pipeline` under `hub` in environments.yaml asks for. The hub has to be prepared, and somebody has to
    authorize the connection to the Git provider. CodePipeline runs it as soon as it is made.

    \b
    Example: factory bootstrap pipeline --dry-run
    """
    manifest = workspace.manifest
    if manifest.hub.pipeline is None:
        raise UsageError(
            "bootstrap pipeline: the manifests ask for none",
            hint="name connection and repository under hub: pipeline: in portfolios/environments.yaml",
        )
    if template:
        click.echo(pipeline_template(manifest.hub.pipeline, manifest.environments))
        return
    _run(workspace, "bootstrap pipeline", lambda kind, _target: kind.part is Part.PIPELINE, **how)


command.add_command(hub)
command.add_command(environment)
command.add_command(pipeline)


def _run(
    workspace: Workspace,
    title: str,
    chosen: Chosen,
    *,
    role: str | None,
    dry_run: bool,
    take_down: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Plan, show, ask, and carry out."""
    workspace.administrator = role
    if workspace.sandbox:
        workspace.start_sandbox()
    setup = replace(workspace.setup, shares_in_organization=workspace.shares_in_organization)
    terminal = workspace.terminal
    steps: Sequence[Step]
    with terminal.progress("looking at the accounts"):
        if take_down:
            steps = plan_removal(setup, chosen, poll_seconds=workspace.poll_seconds)
        else:
            steps = plan(setup, chosen, poll_seconds=workspace.poll_seconds)
    changing = [step for step in steps if step.outcome not in (Outcome.UNCHANGED, Outcome.ELSEWHERE)]
    # With --yes each step is told as it is made.
    if not as_json and (dry_run or not yes):
        _show(workspace, steps)
    if changing and not dry_run:
        if not yes:
            _ask(f"{title}{f' --role {role}' if role else ''}", take_down=take_down)
        with terminal.progress("preparing accounts") as status:
            for step in carry_out(setup, changing, poll_seconds=workspace.poll_seconds, tell=terminal.note):
                status.update(f"preparing accounts: {step.target.owner} {step.target.region}")
                terminal.note(f"{step.target.title}  {step.subject} {step.outcome}")
                for line in step.stays if isinstance(step, RemovalStep) else ():
                    terminal.note(f"    {line}")
    if as_json:
        terminal.json(_document(steps))
    if dry_run:
        terminal.note("nothing was changed")
    else:
        _conclude(workspace, steps, take_down=take_down)


def _ask(title: str, *, take_down: bool) -> None:
    if not sys.stdin.isatty():
        raise UsageError(f"{title}: nobody to ask", hint=f"factory {title} {'--take-down ' if take_down else ''}--yes")
    click.confirm("Take this down?" if take_down else "Apply this plan?", abort=True, err=True)


def _conclude(workspace: Workspace, steps: Iterable[Step], *, take_down: bool) -> None:
    """Say how the accounts are now. Raises LaunchError where something is left to be done by others."""
    left = [step for step in steps if step.outcome is Outcome.ELSEWHERE]
    if left:
        subjects = " and ".join(step.subject for step in left)
        raise LaunchError(
            f"accounts: the hub may not grant {subjects}", hint="; ".join(line for step in left for line in step.lines)
        )
    workspace.terminal.note("accounts: taken down" if take_down else "accounts: ready")


def _show(workspace: Workspace, steps: Sequence[Step]) -> None:
    """Print a plan; what becomes of the same resources in several places is told once, below the last of them."""
    for (outcome, _, lines), alike in groupby(steps, key=lambda step: (step.outcome, step.subject, step.lines)):
        mark, style = _MARKS[outcome]
        for step in alike:
            workspace.terminal.result(f"{mark} {step.target.title}  {step.subject}  {_WORDS[outcome]}", style=style)
        for line in lines:
            workspace.terminal.result(f"    {line}", style=style)
    counts = Counter(step.outcome for step in steps)
    told = [f"{counts[outcome]} to {word}" for outcome, word in _WORDS.items() if counts[outcome]]
    workspace.terminal.result(", ".join(told) or "nothing is there")


def _document(steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [
        {
            "subject": step.subject,
            "owner": step.target.owner,
            "account": step.target.account,
            "region": step.target.region,
            "outcome": step.outcome.value,
            "details": list(step.lines),
        }
        for step in steps
    ]
