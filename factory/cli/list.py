"""`factory list`: the products, their versions, and what each requires and provides."""

from __future__ import annotations

import click

from factory.authoring.contract import ContractValue
from factory.cli.workspace import Workspace, factory_command


@factory_command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
def command(workspace: Workspace, as_json: bool) -> None:
    """Show products, versions, and what each requires and provides.

    \b
    Example: factory list --json
    """
    rows = [
        (artifact, sorted(_key(value) for _, value in artifact.requires), sorted(map(_key, artifact.provides)))
        for artifact in workspace.artifacts.values()
    ]
    if as_json:
        workspace.terminal.json(
            [
                {"product": artifact.product, "version": artifact.version, "requires": requires, "provides": provides}
                for artifact, requires, provides in rows
            ]
        )
        return
    workspace.terminal.table(
        ["product", "version", "requires", "provides"],
        [
            [artifact.product, artifact.version, " ".join(requires), " ".join(provides)]
            for artifact, requires, provides in rows
        ],
    )


def _key(value: ContractValue) -> str:
    return f"{value.product}/{value.name}"
