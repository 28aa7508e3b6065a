"""A sandbox that other people's clients, installed for the session, talk to over HTTP."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from factory.sandbox import process
from factory.sandbox.state import Sandbox

REGION = "us-east-1"
LAUNCH_ROLE = "launch"
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Title": {"Type": "String", "Default": "none", "AllowedPattern": "[a-z]+"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Title"}}}},
    "Outputs": {"TopicArn": {"Value": {"Ref": "Topic"}, "Description": "The topic"}},
}
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "servicecatalog.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
_INSTALL_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Two accounts of a sandbox in which there are a template and roles to launch with, and nothing else."""

    sandbox: Sandbox
    hub: str
    dev: str

    @property
    def template_url(self) -> str:
        """Where the template lies, which both accounts may read."""
        return f"https://{self._bucket}.s3.{REGION}.amazonaws.com/topic.json"

    @property
    def _bucket(self) -> str:
        return f"templates-{self.hub}"

    def prepare(self) -> None:
        """Make what there is to be."""
        s3 = self.client("s3", self.hub)
        s3.create_bucket(Bucket=self._bucket)
        s3.put_object(Bucket=self._bucket, Key="topic.json", Body=json.dumps(TEMPLATE).encode())
        reader = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.dev}:root"}, "Action": "s3:GetObject"}
        statement = {**reader, "Resource": f"arn:aws:s3:::{self._bucket}/*"}
        s3.put_bucket_policy(Bucket=self._bucket, Policy=json.dumps({"Statement": [statement]}))
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        for account in (self.hub, self.dev):
            iam = self.client("iam", account)
            iam.create_role(RoleName=LAUNCH_ROLE, AssumeRolePolicyDocument=json.dumps(_TRUST))
            iam.put_role_policy(
                RoleName=LAUNCH_ROLE, PolicyName="all", PolicyDocument=json.dumps({"Statement": [everything]})
            )

    def client(self, service: str, account: str) -> Any:
        """boto3 in the name of an account's root."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.sandbox.endpoint,
            region_name=REGION,
            aws_access_key_id=account,
            aws_secret_access_key=account,
        )

    def environment(self, account: str) -> dict[str, str]:
        """The settings by which SDKs and CLIs find the sandbox, as `factory sandbox env` prints them."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
        return {
            **kept,
            "AWS_ENDPOINT_URL": self.sandbox.endpoint,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }


@pytest.fixture(scope="module")
def _sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    directory = tmp_path_factory.mktemp("clients")
    yield process.start(directory, {"hub": "111111111111"}, (REGION,))
    process.stop(directory)


@pytest.fixture(scope="session")
def _accounts() -> Iterator[str]:
    return (str(number) for number in itertools.count(500000000000))


@pytest.fixture
def world(_sandbox: Sandbox, _accounts: Iterator[str]) -> World:
    """Two accounts in which nothing else is yet."""
    world = World(sandbox=_sandbox, hub=next(_accounts), dev=next(_accounts))
    world.prepare()
    return world


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run a program that must succeed, and give what it wrote to standard output."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=_INSTALL_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def python_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Gives the directory of programs of a virtual environment with these packages, each list in a `pip install`."""

    def install(*steps: tuple[str, ...]) -> Path:
        directory = tmp_path_factory.mktemp("venv")
        run(sys.executable, "-m", "venv", directory)
        for packages in steps:
            run(directory / "bin" / "pip", "install", "--quiet", "--no-compile", *packages)
        return directory / "bin"

    return install
