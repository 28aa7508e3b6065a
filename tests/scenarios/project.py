"""A small project as many scenarios begin with it: accounts, one product of its own, and what that stands on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest

from factory.cli.terminal import Terminal
from factory.cli.workspace import Workspace
from tests.command import Command

HUB = "111111111111"
ACCOUNTS = {"dev": "222222222222", "test": "333333333333", "qa": "444444444444", "prod": "666666666666"}
KEY = "/platform/main/foundation/key-arn"
"""What the product requires, as `foundation` hands it on."""


def environments(
    *names: str,
    hub: Mapping[str, Any] | None = None,
    each: Mapping[str, Any] | None = None,
    has_roles: bool = False,
    **own: Mapping[str, Any],
) -> str:
    """The manifest of the accounts: one region for every environment, with what all of them and some have besides.

    With `has_roles` commands take on the factory's roles, as on real accounts.
    """

    def account(number: str, **settings: Any) -> dict[str, Any]:
        access = {"access": {"role": f"arn:aws:iam::{number}:role/factory-{{duty}}"}} if has_roles else {}
        return {"account": number, **access, **settings}

    found = {
        name: account(ACCOUNTS[name], **{"regions": ["us-east-1"], **(each or {}), **own.get(name, {})})
        for name in names
    }
    return json.dumps({"hub": account(HUB, **(hub or {})), "environments": found}, indent=2)


def portfolio(*names: str, **settings: Any) -> str:
    """The manifest of a portfolio that offers the product in these environments, as the code has it unless told."""
    offered = {"order-queue": dict.fromkeys(names, "current")}
    whole = {
        "display-name": "Teams",
        "provider": "Platform team",
        "environments": names,
        "products": offered,
        "access": ["role/factory-launcher"],
    }
    return json.dumps({**whole, **settings}, indent=2)


def begin(directory: Path, accounts: str, **portfolios: str) -> Command:
    """The command in a directory that becomes a project, with the product `order-queue` and these portfolios."""
    project = Command(directory)
    (directory / "portfolios").mkdir()
    (directory / "products").mkdir()
    (directory / "portfolios/environments.yaml").write_text(accounts)
    # Made first, since a portfolio may not name a product that is not there.
    project("new", "order-queue")
    write(project, **portfolios)
    return project


def write(project: Command, **portfolios: str | None) -> None:
    """Write the files of portfolios, and take away those that are None."""
    for name, text in portfolios.items():
        path = project.directory / f"portfolios/{name}.yaml"
        if text is None:
            path.unlink()
        else:
            path.write_text(text)


def provide_key(project: Command, environment: str = "dev", region: str = "us-east-1") -> None:
    """What the product stands on, without the product that else hands it on."""
    key = project.client("kms", environment, region).create_key()["KeyMetadata"]["Arn"]
    project.client("ssm", environment, region).put_parameter(Name=KEY, Type="String", Value=key)


@contextmanager
def in_hub(project: Command) -> Iterator[None]:
    """Let this process be signed in to the hub of a project's sandbox, and wait for nothing as long as for AWS."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in project.variables().items():
            patched.setenv(name, value)
        patched.setattr(Workspace, "poll_seconds", 0.1)
        yield


def run(command: click.Command, project: Command, *arguments: str, sandbox: bool = False) -> Workspace:
    """Run a command in this process, as on real accounts unless told, and give the workspace that it used."""
    workspace = Workspace(project.directory, sandbox=sandbox, terminal=Terminal())
    command.main(list(arguments), obj=workspace, standalone_mode=False)
    return workspace
