"""`factory controls`: which control rests on which rules and resources, and who covers what templates can't."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from factory.catalog.controls import FRAMEWORKS, Responsible
from factory.cli.workspace import Workspace, factory_command
from factory.gates.demands import demands
from factory.gates.evidence.documents import counts, to_json, to_markdown
from factory.gates.evidence.matrix import ControlEvidence, State, matrix
from factory.gates.evidence.oscal import to_oscal
from factory.gates.lint import house_rules
from factory.synthesis.artifact import Artifact


@factory_command("controls")
@click.option("-e", "--environment", default=None, help="Only the products that some portfolio offers there.")
@click.option(
    "--framework",
    "frameworks",
    multiple=True,
    type=click.Choice(list(FRAMEWORKS)),
    help="Only this framework. May be given several times. Default: all of them.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "md", "json", "oscal"]),
    default="table",
    help="md is for auditors, oscal a component definition for tools. Default: table.",
)
def command(workspace: Workspace, environment: str | None, frameworks: tuple[str, ...], form: str) -> None:
    """Show which control rests on which rules and resources, and who must cover the others.

    Without --framework, the table has a line a framework; with it, a line a control.

    \b
    Example: factory controls --framework soc2
             factory controls -e prod --format oscal > component-definition.json
    """
    artifacts = _artifacts(workspace, environment)
    with workspace.terminal.progress(f"looking at {len(artifacts)} products"):
        findings = workspace.findings(artifacts)
        chosen = [FRAMEWORKS[name] for name in frameworks or FRAMEWORKS]
        found = matrix(artifacts, findings, house_rules().values(), chosen, demands(workspace.manifest))
    if form == "json":
        workspace.terminal.json(to_json(found))
    elif form == "oscal":
        workspace.terminal.json(to_oscal(artifacts, found, datetime.now(UTC)))
    elif form == "md":
        for line in to_markdown(found):
            workspace.terminal.result(line)
    elif frameworks:
        _controls(workspace, found)
    else:
        _summary(workspace, found)


def _artifacts(workspace: Workspace, environment: str | None) -> list[Artifact]:
    """The products of an environment, as the code has them: a version that it does not have is told, and left out."""
    if environment is None:
        return list(workspace.artifacts.values())
    name = workspace.manifest.environment(environment).name
    offers = sorted(
        offer for item in workspace.manifest.portfolios for offer in item.offers if offer.environment == name
    )
    found: dict[str, Artifact] = {}
    for offer in offers:
        artifact = workspace.artifacts.get(offer.product)
        if artifact and artifact.version == offer.version:
            found[offer.product] = artifact
        else:
            has = f"the code has {artifact.version}" if artifact else "no code makes it"
            workspace.terminal.note(f"{name} offers {offer.product} {offer.version}; {has}: not looked at")
    return list(found.values())


def _summary(workspace: Workspace, found: Sequence[ControlEvidence]) -> None:
    states = [State.EVIDENCED, State.EXCEPTED, State.BROKEN]
    headings = ["framework", "controls", *states, *(f"left to {item}" for item in Responsible)]
    rows = [
        [name, str(count.total()), *(str(count[item]) for item in (*states, *Responsible))]
        for name, count in counts(found)
    ]
    workspace.terminal.table(headings, rows)


def _controls(workspace: Workspace, found: Sequence[ControlEvidence]) -> None:
    rows = []
    for item in found:
        products = sorted({kept.product for kept in item.kept})
        who = item.control.responsible.value if item.state is State.OPEN else " ".join(products)
        state = item.state.value if item.state is not State.OPEN else "left to"
        rows.append([item.control.id, item.control.title, state, " ".join(rule.id for rule in item.rules), who])
    workspace.terminal.table(["control", "title", "state", "rules", "who"], rows)
