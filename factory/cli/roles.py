"""`factory roles`: what the launch roles allow, and the one template that makes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from factory.authoring.actions import is_reading, service_actions, service_of
from factory.cli.workspace import Workspace, factory_command
from factory.synthesis.launch_roles import LaunchRole, role_name, roles_template


@factory_command("roles")
@click.argument("products", nargs=-1, metavar="[PRODUCT]...")
@click.option("-e", "--environment", help="Only the products that this environment offers.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), help="File for the template."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document with every statement.")
def command(
    workspace: Workspace, products: tuple[str, ...], environment: str | None, output: Path | None, as_json: bool
) -> None:
    """Show what the launch roles allow; with -o, write the CloudFormation template that makes them.

    Each product's role allows what its templates' resource types need and no more. The last column is for comparison:
    so many actions a role has that is given *FullAccess for the same services. With `-o -` the template goes to
    standard output.

    \b
    Example: factory roles -e dev -o launch-roles.json
    """
    if as_json and str(output) == "-":
        raise click.UsageError("--json and -o - both go to standard output.")
    roles = _chosen(workspace, products, environment)
    if output is not None:
        template = roles_template(roles) + "\n"
        if str(output) == "-":
            click.echo(template, nl=False)
            return
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(template)
        workspace.terminal.note(f"{output}  {len(roles)} role{'' if len(roles) == 1 else 's'}")
    figures = [_figures(role) for role in roles]
    if as_json:
        workspace.terminal.json(
            [
                {
                    "product": role.product,
                    "role": role_name(role.product),
                    "digest": role.digest,
                    "actions": one.actions,
                    "reading_anywhere": one.reading,
                    "writing_anywhere": one.writing,
                    "full_access_actions": one.full_access,
                    "policies": role.documents,
                }
                for role, one in zip(roles, figures, strict=True)
            ]
        )
        return
    workspace.terminal.table(
        ["product", "actions", "reading on *", "writing on *", "statements", "policies", "*FullAccess"],
        [
            [
                role.product,
                str(one.actions),
                str(one.reading),
                str(one.writing),
                str(len(role.statements)),
                str(len(role.policies)),
                str(one.full_access),
            ]
            for role, one in zip(roles, figures, strict=True)
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figures:
    actions: int
    reading: int
    """Reading actions on `*`; those that a condition narrows are left out."""
    writing: int
    full_access: int


def _figures(role: LaunchRole) -> _Figures:
    anywhere = {
        action
        for statement in role.statements
        if "*" in statement["Resource"] and "Condition" not in statement
        for action in statement["Action"]
    }
    services = {service for name in role.types if (service := service_of(name))}
    return _Figures(
        actions=len(role.actions),
        reading=sum(map(is_reading, anywhere)),
        writing=sum(not is_reading(action) for action in anywhere),
        full_access=sum(service_actions(service) for service in services),
    )


def _chosen(workspace: Workspace, products: tuple[str, ...], environment: str | None) -> list[LaunchRole]:
    for name in products:
        workspace.known(name, workspace.products, "product", hint="factory list")
    offered = set(workspace.products)
    if environment is not None:
        name = workspace.manifest.environment(environment).name
        offered = {
            offer.product
            for portfolio in workspace.manifest.portfolios
            for offer in portfolio.offers
            if offer.environment == name
        }
    wanted = offered & set(products) if products else offered
    return [role for product, role in workspace.launch_roles().items() if product in wanted]
