"""`factory bootstrap`: prepares the hub and the environments' accounts, by a plan."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

import click

from factory.aws.bootstrap import Outcome, Part, StackKind, Step, Target, carry_out, plan
from factory.cli.workspace import Workspace, factory_command, factory_group
from factory.errors import UsageError
from factory.gates.difference.render import to_json, to_lines
from factory.synthesis.account import account_template

_MARKS = {Outcome.CREATED: ("+", "green"), Outcome.UPDATED: ("~", "yellow"), Outcome.UNCHANGED: ("=", "dim")}
_WORDS = {Outcome.CREATED: "create", Outcome.UPDATED: "update", Outcome.UNCHANGED: "leave as it is"}

Chosen = Callable[[StackKind, Target], bool]


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print a JSON document of what was, or would be, done."),
        click.option("--yes", is_flag=True, help="Do not ask."),
        click.option("--dry-run", is_flag=True, help="Show the plan, and change nothing."),
    ):
        function = option(function)
    return function


@factory_group("bootstrap")
@_options
@click.option("--template", is_flag=True, help="Print the account template instead of deploying it.")
def command(workspace: Workspace, template: bool, **how: bool) -> None:
    """Prepare the hub and every environment's account.

    Deploys one stack an account and region: the artifact bucket in the hub, and in each account the roles of the
    factory and the path to the bucket; and one stack an account with the roles that launch the products, as
    `factory roles` shows them. Shows a plan and asks before it changes anything, unless told --yes. Running it again
    changes only what is different. It needs credentials that may create IAM roles.

    \b
    Example: factory bootstrap --sandbox
    """
    if template:
        click.echo(account_template(workspace.manifest.hub.access_from))
        return
    _run(workspace, "bootstrap", lambda _kind, _target: True, **how)


@factory_command("hub")
@_options
def hub(workspace: Workspace, **how: bool) -> None:
    """Prepare the hub only, in every region that an environment has.

    \b
    Example: factory bootstrap hub --dry-run
    """
    _run(workspace, "bootstrap hub", lambda kind, target: kind.part_of(target) is Part.HUB, **how)


@factory_command("environment")
@click.option("-e", "--environment", "environments", multiple=True, help="Only this environment; may be repeated.")
@_options
def environment(workspace: Workspace, environments: tuple[str, ...], **how: bool) -> None:
    """Prepare the environments' accounts only; the hub has to be prepared.

    \b
    Example: factory bootstrap environment -e dev
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


command.add_command(hub)
command.add_command(environment)


def _run(workspace: Workspace, title: str, chosen: Chosen, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Plan, show, ask, and carry out."""
    if workspace.sandbox:
        workspace.start_sandbox()
    setup = workspace.setup
    with workspace.terminal.progress("looking at the accounts"):
        steps = plan(setup, chosen, poll_seconds=workspace.poll_seconds)
    changing = [step for step in steps if step.outcome is not Outcome.UNCHANGED]
    # With --yes each step is told as it is made.
    if not as_json and (dry_run or not yes):
        _show(workspace, steps)
    if dry_run or not changing:
        if as_json:
            workspace.terminal.json(_document(steps))
        workspace.terminal.note("nothing was changed" if changing else "accounts: ready")
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"{title}: nobody to ask", hint=f"factory {title} --yes")
        click.confirm("Apply this plan?", abort=True, err=True)
    with workspace.terminal.progress("preparing accounts") as status:
        for step in carry_out(setup, changing, poll_seconds=workspace.poll_seconds):
            status.update(f"preparing accounts: {step.target.owner} {step.target.region}")
            workspace.terminal.note(f"{step.target.title}  {step.subject} {step.outcome}")
    if as_json:
        workspace.terminal.json(_document(steps))
    workspace.terminal.note("accounts: ready")


def _show(workspace: Workspace, steps: Sequence[Step]) -> None:
    """Print a plan; what becomes of the same resources in several places is told once, below the last of them."""
    for (outcome, _, details), alike in groupby(steps, key=lambda step: (step.outcome, step.subject, _details(step))):
        mark, style = _MARKS[outcome]
        for step in alike:
            workspace.terminal.result(f"{mark} {step.target.title}  {step.subject}  {_WORDS[outcome]}", style=style)
        for line in details:
            workspace.terminal.result(f"    {line}", style=style)
    counts = Counter(step.outcome for step in steps)
    workspace.terminal.result(", ".join(f"{counts[outcome]} to {word}" for outcome, word in _WORDS.items()))


def _details(step: Step) -> list[str]:
    """What becomes of the resources; of a new stack their names alone, as all else is new about it, too."""
    if step.outcome is Outcome.UNCHANGED:
        return []
    if step.outcome is Outcome.CREATED:
        return [f"{change.subject} ({change.type})" for change in step.difference.changes if change.type]
    return [line for line, _ in to_lines(step.difference)][:-1]


def _document(steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [
        {
            "stack": step.subject,
            "owner": step.target.owner,
            "account": step.target.account,
            "region": step.target.region,
            "outcome": step.outcome.value,
            "changes": to_json(step.difference)["changes"] if step.outcome is not Outcome.UNCHANGED else [],
        }
        for step in steps
    ]
