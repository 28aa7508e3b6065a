"""`factory synth`: products to templates, byte-identical on every run and machine."""

from __future__ import annotations

from pathlib import Path

import click

from factory.cli.workspace import Workspace, factory_command
from factory.errors import UsageError


@factory_command("synth")
@click.argument("products", nargs=-1, metavar="[PRODUCT]...")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Directory to write the templates to."
)
def command(workspace: Workspace, products: tuple[str, ...], output: Path | None) -> None:
    """Write the products' CloudFormation templates.

    Without -o, the template of one product goes to standard output.

    \b
    Example: factory synth network cluster -o build/
    """
    artifacts = workspace.chosen(products)
    if output is None:
        if len(artifacts) != 1:
            raise UsageError("synth: several templates do not go to standard output", hint="factory synth -o DIR")
        click.echo(artifacts[0].body, nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    for artifact in artifacts:
        path = output / f"{artifact.product}.template.json"
        path.write_bytes(artifact.body)
        workspace.terminal.note(f"{path}  {artifact.product} {artifact.version}  {artifact.digest[:12]}")
        for asset in artifact.assets:
            (output / asset.key).parent.mkdir(parents=True, exist_ok=True)
            (output / asset.key).write_bytes(asset.body)
