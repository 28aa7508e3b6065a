"""`factory sandbox`: start, stop, look at and point tools at the embedded AWS."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from factory.cli.workspace import STATE_VARIABLE, Workspace
from factory.errors import SandboxError, UsageError
from factory.sandbox import control, process
from factory.sandbox.faults.settings import Settings
from factory.sandbox.process import Sandbox

HUB = "hub"
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("sandbox")
def command() -> None:
    """Run the embedded AWS: Service Catalog and the services that products use, on this machine.

    \b
    Example: factory sandbox start && eval "$(factory sandbox env -e dev)" && aws ec2 describe-vpcs
    """


@command.command("start")
@click.option("--port", type=click.IntRange(1, 65535), help="Port on 127.0.0.1. Default: one that is free.")
@click.option("--faults", "faults_file", type=_FILE, help="YAML or JSON file of what is to go wrong from then on.")
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    help=f"Directory to restore its state from, and to save it in when it stops. Default: {STATE_VARIABLE}, or none.",
)
@click.option("--enforce-iam", is_flag=True, help="Refuse role sessions what their policies do not allow.")
@click.pass_obj
def start(
    workspace: Workspace, port: int | None, faults_file: Path | None, state: Path | None, enforce_iam: bool
) -> None:
    """Start it and prepare its accounts; one that runs already is left as it is, but for its faults.

    \b
    Example: factory sandbox start --state .factory/state
    """
    workspace.sandbox = True
    settings = _read(faults_file) if faults_file else None
    if workspace.start_sandbox(port, state):
        workspace.prepare_accounts()
    elif port and urlsplit(endpoint := workspace.running_sandbox().endpoint).port != port:
        raise SandboxError(f"sandbox: it runs at {endpoint} already", hint="factory sandbox stop")
    if settings:
        control.change_faults(workspace.root, settings)
    if enforce_iam:
        control.enforce_permissions(workspace.root, enforced=True)
    _show(workspace, workspace.running_sandbox())


@command.command("stop")
@click.pass_obj
def stop(workspace: Workspace) -> None:
    """Stop it with everything in it; started with --state, it saves that first.

    \b
    Example: factory sandbox stop
    """
    with workspace.terminal.progress("stopping the sandbox"):
        stopped = process.stop(workspace.root)
    if stopped is None:
        workspace.terminal.note("sandbox: none is running")
        return
    for place in stopped.left_out:
        workspace.terminal.note(f"sandbox: not saved: {place}")
    workspace.terminal.note(
        f"sandbox: stopped, state saved in {stopped.state}" if stopped.state else "sandbox: stopped"
    )


@command.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
@click.option("--types", "with_types", is_flag=True, help="Show how much of each resource type it makes.")
@click.pass_obj
def status(workspace: Workspace, as_json: bool, with_types: bool) -> int:
    """Show where it listens, which accounts it holds, and their organization. Exit code 1 where none runs.

    \b
    Example: factory sandbox status --json
    """
    sandbox = process.find(workspace.root)
    if with_types:
        _show_types(workspace, workspace.running_sandbox(), as_json=as_json)
    elif as_json:
        if sandbox is None:
            workspace.terminal.json(
                {"endpoint": None, "accounts": {}, "regions": [], "organization": None, "state": None}
            )
        else:
            document = {
                "endpoint": sandbox.endpoint,
                "accounts": dict(sandbox.accounts),
                "regions": list(sandbox.regions),
                "organization": control.organization(sandbox),
                "state": sandbox.state,
            }
            workspace.terminal.json(document)
    elif sandbox is None:
        workspace.terminal.note("sandbox: none is running")
    else:
        _show(workspace, sandbox)
    return 0 if sandbox else 1


@command.command("reset")
@click.pass_obj
def reset(workspace: Workspace) -> None:
    """Let it forget everything, and prepare its accounts anew.

    \b
    Example: factory sandbox reset
    """
    workspace.sandbox = True
    control.reset(workspace.root)
    workspace.prepare_accounts()
    workspace.terminal.note("sandbox: empty again")


@command.command("faults")
@click.argument("file", type=_FILE, required=False)
@click.option("--clear", is_flag=True, help="Let nothing go wrong any more.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
@click.pass_obj
def faults(workspace: Workspace, file: Path | None, clear: bool, as_json: bool) -> None:
    """Show what goes wrong on purpose and how often it did, or change it while the sandbox runs.

    \b
    Example: factory sandbox faults throttling.yaml
    """
    if file and clear:
        raise UsageError("sandbox faults: FILE and --clear exclude each other")
    if file or clear:
        control.change_faults(workspace.root, _read(file) if file else Settings())
    document = control.faults(workspace.root)
    if as_json:
        workspace.terminal.json(document)
        return
    rows = [_row(item) for item in [*document["faults"], *document["resources"]]]
    if not rows:
        workspace.terminal.note("sandbox: nothing goes wrong on purpose")
        return
    workspace.terminal.note(f"seed {document['seed']}, {document['missed-reads']} reads missed something")
    workspace.terminal.table(["FAULT", "OF", "FIRED", "OUT OF"], rows)


@command.command("env")
@click.option("-e", "--environment", default=HUB, help="Environment whose account is meant. Default: the hub.")
@click.option("--region", help="Default: the environment's first region.")
@click.pass_obj
def env(workspace: Workspace, environment: str, region: str | None) -> None:
    """Print the shell settings that point any AWS tool at one of its accounts.

    \b
    Example: eval "$(factory sandbox env -e dev)"
    """
    sandbox = workspace.running_sandbox()
    Workspace.known(environment, sandbox.accounts, "environment", hint="factory sandbox status")
    if environment == HUB:
        regions: tuple[str, ...] = sandbox.regions
    else:
        regions = workspace.manifest.environment(environment).regions
    if region is not None:
        Workspace.known(region, sandbox.regions, "region", hint="factory sandbox status")
    settings = {
        "AWS_ENDPOINT_URL": sandbox.endpoint,
        "AWS_ACCESS_KEY_ID": sandbox.accounts[environment],
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_REGION": region or regions[0],
        "AWS_DEFAULT_REGION": region or regions[0],
    }
    # Left over from real accounts, these would win over the keys or go with them.
    click.echo("unset AWS_PROFILE AWS_SESSION_TOKEN")
    for name, value in settings.items():
        click.echo(f"export {name}={shlex.quote(value)}")


def _read(file: Path) -> Settings:
    # Reading it needs AWS's service models, which no other subcommand does.
    from factory.sandbox.faults.reading import read_file

    return read_file(file)


def _row(item: dict[str, Any]) -> list[str]:
    """A fault as the server tells it."""
    if "type" in item:
        kind = "fails" if "reason" in item else "slow"
        subject = f"{item['step']} {item['type']} {item.get('logical-id', '')}".strip()
    else:
        kind, subject = item["kind"], f"{item['service']} {item['operation']}"
    where = f"{subject} in {item['account']}" if "account" in item else subject
    return [kind, where, str(item["fired"]), str(item["matched"])]


def _show_types(workspace: Workspace, sandbox: Sandbox, *, as_json: bool) -> None:
    known = control.types(sandbox)
    if as_json:
        workspace.terminal.json(known)
        return
    workspace.terminal.table(
        ["type", "fidelity", "settings that do not reach the service"],
        [[name, kind["fidelity"], ", ".join(kind["dropped"])] for name, kind in known.items()],
    )


def _show(workspace: Workspace, sandbox: Sandbox) -> None:
    terminal = workspace.terminal
    terminal.result(f"endpoint  {sandbox.endpoint}")
    for name, account in sandbox.accounts.items():
        terminal.result(f"account   {account}  {name}")
    terminal.result(f"regions   {', '.join(sandbox.regions)}")
    if sandbox.state:
        terminal.result(f"state     {sandbox.state}")
    organization = control.organization(sandbox)
    if organization is None:
        return
    names = {account: name for name, account in sandbox.accounts.items()}
    terminal.result(
        f"organization  {organization['id']}  managed by {_named(organization['management-account'], names)}"
    )
    terminal.result(f"root          {organization['root']}")
    for unit in organization["units"]:
        within = ", ".join(_named(account, names) for account in unit["accounts"])
        terminal.result(f"unit          {unit['id']}  {unit['path']}{f': {within}' if within else ''}")


def _named(account: str, names: Mapping[str, str]) -> str:
    """An account by the name that the manifests have for it, if they have one."""
    return names.get(account, account)
