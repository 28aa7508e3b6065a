"""`factory publish`: the plan, carried out."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from factory.aws.patience import Patience
from factory.aws.writer import Report, Stage, apply
from factory.catalog.environments import Duty
from factory.cli import publication
from factory.cli.workspace import Workspace, factory_command
from factory.errors import FactoryError, UsageError
from factory.planning.actions import Action, Effect
from factory.planning.render import to_json

_MARKS = {Effect.CREATE: ("+", "green"), Effect.UPDATE: ("~", "yellow"), Effect.DELETE: ("-", "red")}


@factory_command("publish", Duty.PUBLISHER)
@click.option("-e", "--environment", "environments", multiple=True, help="Only this environment; may be repeated.")
@click.option("--prune", is_flag=True, help="Remove what the manifests no longer name.")
@click.option(
    "--plan",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Apply exactly this plan, which plan --save wrote, without asking.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document of what was done.")
def command(
    workspace: Workspace, environments: tuple[str, ...], prune: bool, file: Path | None, yes: bool, as_json: bool
) -> None:
    """Bring the catalog in line with the code and the manifests.

    Shows the plan and asks before it changes anything, unless told --yes. Interrupted or failed, it continues when run
    again.

    With --plan it applies a plan that somebody approved, with its environments, or changes nothing where the products,
    the manifests or the accounts have moved since that was saved.

    \b
    Example: factory publish -e dev --yes
    """
    if file and (environments or prune):
        raise UsageError(f"publish: {file} says for which environments it is, and whether to prune: give it alone")
    approved = publication.load(file, workspace) if file else None
    if workspace.sandbox:
        # Whoever works on real accounts decides when their roles change; here nobody has to think of it.
        workspace.start_sandbox()
        workspace.prepare_accounts()
    if approved:
        basis = approved.basis
        prepared = publication.prepare(
            workspace, tuple(basis.environments), prune=basis.prune, day=basis.day, restoring=True
        )
        approved.refuse_unless_same(prepared.saved)
        yes = True
    else:
        prepared = publication.prepare(workspace, environments, prune=prune, day=publication.today(), restoring=True)
    # With --yes each change is told as it is made; telling all of them before would say everything twice.
    if not as_json and not (yes and prepared.plan):
        publication.show(workspace, prepared.plan)
    if prepared.plan and not yes:
        if not sys.stdin.isatty():
            raise UsageError("publish: nobody to ask", hint="factory publish --yes")
        click.confirm("Apply this plan?", abort=True, err=True)
    report = _apply(workspace, prepared)
    if as_json:
        done = replace(prepared.plan, actions=report.done)
        workspace.terminal.json({**to_json(done), "complete": report.complete})
    again = (
        f"factory plan --save {file}, which then holds what is left"
        if file
        else "run the same command again to continue"
    )
    _tell(workspace, prepared, report, again)


def _apply(workspace: Workspace, prepared: publication.Publication) -> Report:
    if not prepared.plan:
        return Report()
    total = len(prepared.plan.actions)
    finished = 0

    with workspace.terminal.progress(f"0 of {total}") as status:

        def progress(action: Action, stage: Stage) -> None:
            nonlocal finished
            if stage is Stage.STARTED:
                status.update(f"{finished} of {total}  {action.place}  {action.subject}")
                return
            finished += 1
            mark, style = _MARKS[action.effect] if stage is Stage.DONE else ("!", "bold red")
            workspace.terminal.note(f"{mark} {action.place}  {action.subject}", style=style)
            update = prepared.plan.update(action)
            for detail in (*((action.why,) if action.why else ()), *(update.details if update else ())):
                workspace.terminal.note(f"    {detail}", style=style)

        patience = Patience(first_seconds=workspace.poll_seconds)
        return apply(
            prepared.plan,
            workspace.accounts,
            prepared.ids,
            prepared.store,
            workspace.artifacts.values(),
            progress=progress,
            patience=patience,
        )


def _tell(workspace: Workspace, prepared: publication.Publication, report: Report, again: str) -> None:
    if report.complete:
        if prepared.plan:
            created, updated, removed = (prepared.plan.count(effect) for effect in Effect)
            done = f"published: {created} created, {updated} updated, {removed} removed"
            workspace.terminal.note(done, style="bold green")
        return
    first = report.failures[0] if report.failures else None
    counts = f"{len(report.done)} of {len(prepared.plan.actions)} changes were made"
    reason = first.error.message if first else "interrupted"
    hint = (first.error.hint if first else None) or again
    raise FactoryError(f"publish stopped: {counts}: {reason}", hint=hint)
