"""`factory bootstrap`: prepares the hub and the environments' accounts."""

from __future__ import annotations

import click

from factory.cli.workspace import Workspace, factory_command
from factory.synthesis.account import account_template


@factory_command("bootstrap")
@click.option("--template", is_flag=True, help="Print the account template instead of deploying it.")
def command(workspace: Workspace, template: bool) -> None:
    """Prepare the hub and every environment's account.

    Deploys one stack an account and region: the artifact bucket in the hub, and in each account the role of
    `factory launch` and the path to the bucket; and one stack an account with the roles that launch the products, as
    `factory roles` shows them. Running it again changes only what is different. It needs credentials that may create
    IAM roles.

    \b
    Example: factory bootstrap --sandbox
    """
    if template:
        click.echo(account_template())
        return
    if workspace.sandbox:
        workspace.start_sandbox()
    workspace.prepare_accounts()
    workspace.terminal.note("accounts: ready")
