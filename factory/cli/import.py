"""`factory import`: takes over a portfolio or a stack that somebody else made."""  # noqa: N999 - a command's module has its name

from __future__ import annotations

import sys

import click

from factory.aws.adoption import take_over
from factory.aws.artifacts import ArtifactStore
from factory.aws.launch import adopt, find_adoptable
from factory.catalog.environments import Duty
from factory.catalog.model import ProductName, VersionName
from factory.cli import adopting, launching, publication
from factory.cli.board import Board
from factory.cli.workspace import Workspace, factory_command
from factory.errors import UsageError


@click.group("import")
def command() -> None:
    """Take over portfolios, and stacks that run, as they are: no id changes, nothing is launched anew.

    \b
    Example: factory import portfolio port-abcdefghijklm -e dev --dry-run
    """


@factory_command("portfolio", Duty.PUBLISHER)
@click.argument("portfolio_id", metavar="PORTFOLIO_ID")
@click.option("-e", "--environment", required=True, help="Environment that it is to belong to.")
@click.option("--region", help="Region of the hub that it is in. Default: the environment's first.")
@click.option("--name", help="Name of the manifest. Default: made from what AWS calls the portfolio.")
@click.option(
    "--as",
    "names",
    multiple=True,
    metavar="ID=NAME",
    help="Name of a product (prod-…) or version (pa-…), in AWS too; may be repeated.",
)
@click.option("--leave", multiple=True, metavar="PRODUCT_ID", help="Product to leave as it is; may be repeated.")
@click.option("--overwrite", is_flag=True, help="Write the manifest anew where there is one of that name.")
@click.option("--dry-run", is_flag=True, help="Show what would be done and print the manifest; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def portfolio(
    workspace: Workspace,
    portfolio_id: str,
    environment: str,
    region: str | None,
    name: str | None,
    names: tuple[str, ...],
    leave: tuple[str, ...],
    overwrite: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Take over a portfolio of the hub with its products and versions, and write the manifest that declares it.

    Shows what it would do and what `factory plan` would then have left, and asks. Interrupted or failed, it continues
    when run again.

    \b
    Example: factory import portfolio port-abcdefghijklm -e dev --as pa-abcdefghijklm=1.0.0
    """
    place = launching.place_of(workspace.manifest.environment(environment), region)
    wanted = adopting.Wanted(
        portfolio_id=portfolio_id, name=name, names=launching.pairs(names, "--as"), leave=leave, overwrite=overwrite
    )
    with workspace.terminal.progress("looking at the portfolio"):
        prepared = adopting.prepare(workspace, place, wanted)
    terminal = workspace.terminal
    for line in adopting.to_lines(prepared):
        terminal.result(line)
    terminal.result(f"`factory plan -e {environment}` then has for it:", style="bold")
    publication.show(workspace, prepared.plan)
    if dry_run:
        if prepared.text is not None:
            terminal.result(f"{prepared.file}:", style="bold")
            terminal.result(prepared.text.rstrip())
        terminal.note("nothing was changed")
        return
    if not prepared.adoption and prepared.text is None:
        terminal.note("it is taken over already", style="bold green")
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(
                "import: nobody to ask", hint=f"factory import portfolio {portfolio_id} -e {environment} --yes"
            )
        click.confirm("Take it over?", abort=True, err=True)
    with terminal.progress("taking over") as status:
        take_over(workspace.accounts, prepared.store, prepared.adoption, status.update)
    if prepared.text is not None:
        (workspace.root / prepared.file).write_text(prepared.text, encoding="utf-8")
        terminal.note(f"written: {prepared.file}")
    terminal.note(f"taken over: {prepared.adoption.portfolio.name} in {place}", style="bold green")


@factory_command("stack", Duty.LAUNCHER)
@click.argument("stack")
@click.option("-e", "--environment", required=True, help="Environment whose account the stack is in.")
@click.option("--product", required=True, help="Product that the stack is a launch of.")
@click.option("--version", required=True, help="Version whose template the stack has.")
@click.option("--name", help="Name of the launch. Default: the stack's.")
@click.option("--region", help="Region of the stack. Default: the environment's first.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
def stack(
    workspace: Workspace,
    stack: str,
    environment: str,
    product: str,
    version: str,
    name: str | None,
    region: str | None,
    as_json: bool,
) -> None:
    """Make a CloudFormation stack that runs a launch of a product. The stack itself does not change.

    Its template has to be that of the version; where it is not, this says how they differ.

    \b
    Example: factory import stack legacy-network -e dev --product network --version 1.0.0
    """
    place = launching.place_of(workspace.manifest.environment(environment), region)
    found = find_adoptable(
        workspace.accounts,
        place,
        ArtifactStore(workspace.accounts, workspace.manifest.environment(environment).regions),
        stack=stack,
        product=ProductName(product),
        version=VersionName(version),
        name=name,
    )
    board = Board(workspace.terminal, [found.name])
    with board.shown():
        outcome = adopt(workspace.accounts, found, launching.watcher(workspace, board, found.name))
        board.done(found.name, str(outcome.status))
    if as_json:
        workspace.terminal.json(launching.document(workspace, place, outcome))
        return
    workspace.terminal.note("  ".join(launching.summary(workspace, place, outcome)), style="bold green")
    workspace.terminal.note(
        f"constraints hold from its first update on: the launch role has to be one that may change stack {found.stack}"
    )


command.add_command(portfolio)
command.add_command(stack)
