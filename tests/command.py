"""The `factory` command as a user types it, for tests that look at what it prints and leaves behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from factory.sandbox import process
from factory.sandbox.process import Sandbox
from tests.conftest import GATES, ROOT
from tests.forked import run

AWS_CLI = os.environ.get("FACTORY_AWS_CLI") or shutil.which("aws")
needs_aws_cli = pytest.mark.skipif(not AWS_CLI, reason="the AWS CLI is not there: set FACTORY_AWS_CLI to its command")

_FEW = {"dev", "staging", "prod"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The temporary credentials of somebody who took on a role."""

    key_id: str
    secret: str
    token: str
    expires: datetime

    @property
    def keys(self) -> dict[str, str]:
        """As boto3 takes them."""
        return {
            "aws_access_key_id": self.key_id,
            "aws_secret_access_key": self.secret,
            "aws_session_token": self.token,
        }

    @property
    def variables(self) -> dict[str, str]:
        """As a process finds them in its environment."""
        return {name.upper(): value for name, value in self.keys.items()}


@dataclass(frozen=True, slots=True)
class Command:
    """Runs `factory` inside a project directory."""

    directory: Path

    def __call__(self, *arguments: str, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it, and expect this exit code."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FACTORY_"))}
        done = run(arguments, directory=self.directory, environment={**kept, "COLUMNS": "200", **environment})
        assert done.returncode == code, f"factory {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run it with `--json`, and give the document: nothing else may stand on standard output."""
        return json.loads(self(*arguments, "--json", code=code).stdout)

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox of the project, which has to run."""
        found = process.find(self.directory)
        assert found is not None, "no sandbox runs"
        return found

    def client(self, service: str, environment: str = "hub", region: str = "us-east-1", **session: str) -> Any:
        """boto3 in the account of an environment of the sandbox that runs, with the keys of a session if given."""
        account = self.sandbox.accounts[environment]
        keys = session or {"aws_access_key_id": account, "aws_secret_access_key": account}
        return boto3.client(service, endpoint_url=self.sandbox.endpoint, region_name=region, **keys)

    def take_on(self, role: str, environment: str = "hub") -> Session:
        """Take on a role of an environment's account, which is there asked for it by its name."""
        arn = f"arn:aws:iam::{self.sandbox.accounts[environment]}:role/{role}"
        given = self.client("sts", environment).assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return Session(
            key_id=given["AccessKeyId"],
            secret=given["SecretAccessKey"],
            token=given["SessionToken"],
            expires=given["Expiration"],
        )

    def variables(self) -> dict[str, str]:
        """What lets a process be the root of the hub's account."""
        account = self.sandbox.accounts["hub"]
        return {
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": account,
            "AWS_ENDPOINT_URL": self.sandbox.endpoint,
        }


def copy_portfolios(directory: Path, *, whole: bool = False) -> None:
    """Give a project the shipped portfolios; the shipped products come with the package.

    Unless it is to be the whole, it is offered in dev, staging and prod alone, since each further environment takes its
    time to publish, and there is no system of others.
    """
    portfolios = directory / "portfolios"
    shutil.copytree(ROOT / "portfolios", portfolios)
    share_gates(directory)
    if whole:
        return
    for system in portfolios.glob("systems/*.yaml"):
        if not set(_environments(system.read_text())) <= _FEW:
            system.unlink()
    for portfolio in portfolios.glob("*.yaml"):
        text = portfolio.read_text()
        if offered := _environments(text):
            few = ", ".join(name for name in offered if name in _FEW)
            left = "|".join(name for name in offered if name not in _FEW)
            text = text.replace(f"environments: [{', '.join(offered)}]", f"environments: [{few}]")
            portfolio.write_text(re.sub(rf"^ +({left}): .*\n", "", text, flags=re.MULTILINE))


def _environments(text: str) -> list[str]:
    """The environments that a portfolio or a system is for; none of the file that says which there are."""
    found = re.search(r"^environments: \[(.*)\]$", text, re.MULTILINE)
    return found[1].split(", ") if found else []


def share_gates(directory: Path) -> None:
    """Let a project know what the gates said before, in another project of the same test run."""
    (directory / ".factory").mkdir(exist_ok=True)
    (directory / ".factory/gates").symlink_to(os.environ[GATES], target_is_directory=True)
