"""A product launched as a stack set into two accounts and two regions; one of the accounts is not prepared at first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from factory.sandbox.clients import Clients
from tests.command import Command
from tests.scenarios import project
from tests.scenarios.project import ACCOUNTS

pytestmark = pytest.mark.slow

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]
REGIONS = ("us-east-1", "eu-west-1")
STACK_SET = {
    "accounts": [DEV, PROD],
    "regions": REGIONS,
    "admin-role": "arn:aws:iam::{account}:role/administrator",
    "execution-role": "executor",
}
PORTFOLIO = project.portfolio("dev", constraints={"order-queue": {"stack-set": STACK_SET}})
SYSTEM = """
display-name: Queues
description: Queues everywhere.
environments: [dev]
launches:
  order-queue:
"""
ADMINISTRATOR = f"arn:aws:iam::{DEV}:role/administrator"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The command in a project, and clients in the accounts of its sandbox."""

    factory: Command
    clients: Clients

    def client(self, service: str, account: str, region: str = REGIONS[0]) -> Any:
        """A client in an account."""
        return self.clients.get(service, account=account, region=region)

    def role(self, account: str, name: str, principal: dict[str, str], action: str) -> None:
        """Make a role."""
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        allowed = {"Effect": "Allow", "Action": action, "Resource": "*"}
        iam = self.client("iam", account)
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=policy(allowed))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A project whose one product is launched as a stack set, published; the second account has no execution role."""
    directory = tmp_path_factory.mktemp("stack-sets")
    factory = project.begin(directory, project.environments("dev", "prod"), teams=PORTFOLIO)
    (directory / "portfolios/systems").mkdir()
    (directory / "portfolios/systems/queues.yaml").write_text(SYSTEM)
    factory("publish", "--sandbox", "--yes")
    made = Scene(factory=factory, clients=Clients(factory.json("sandbox", "status")["endpoint"]))
    for environment in ("dev", "prod"):
        for region in REGIONS:
            project.provide_key(factory, environment, region)
    made.role(DEV, "administrator", {"Service": "cloudformation.amazonaws.com"}, "sts:AssumeRole")
    made.role(DEV, "executor", {"AWS": ADMINISTRATOR}, "*")
    yield made
    factory("sandbox", "stop")


def policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def instances(launched: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(item["account"], item["region"]): item["status"] for item in launched["instances"]}


def test_a_stack_set_fails_is_mended_and_is_taken_down(scene: Scene) -> None:
    factory = scene.factory
    failed = factory("launch", "order-queue", "-e", "dev", "--sandbox", code=1)
    reason = f"Account {PROD} should have 'executor' role with trust relationship to Role 'administrator'."
    assert f"launch order-queue in dev/us-east-1 failed: {PROD} us-east-1 (stack instance): {reason}" in failed.stderr
    assert "mend the cause and run it again" in failed.stderr
    (launched,) = factory.json("status", "-e", "dev", "--sandbox")
    assert launched["status"] == "ERROR"
    assert instances(launched) == {
        (DEV, "us-east-1"): "CURRENT",
        (PROD, "us-east-1"): "OUTDATED",
        (DEV, "eu-west-1"): "OUTDATED",
        (PROD, "eu-west-1"): "OUTDATED",
    }

    scene.role(PROD, "executor", {"AWS": ADMINISTRATOR}, "*")
    mended = factory("up", "queues", "-e", "dev", "--sandbox")
    assert f"SUCCEEDED                     {PROD} eu-west-1  stack instance" in mended.stderr
    assert "4 stack instances" in mended.stdout
    for account in (DEV, PROD):
        queues = scene.client("sqs", account, "eu-west-1").list_queues()["QueueUrls"]
        assert len(queues) == 2

    changed = factory("launch", "order-queue", "-e", "dev", "-p", "Receives=3", "--json", "--sandbox")
    assert "Receives: 5 → 3" in changed.stderr
    launched = json.loads(changed.stdout)
    assert set(instances(launched).values()) == {"CURRENT"}
    assert (launched["outputs"], launched["resources"]) == ({}, {"real": 0, "partial": 0, "recorded": 0})

    ended = factory("down", "queues", "-e", "dev", "--sandbox")
    assert f"DELETED                       {PROD} eu-west-1  stack instance" in ended.stderr
    assert factory.json("status", "-e", "dev", "--sandbox") == []
    stacks = scene.client("cloudformation", PROD).describe_stacks()["Stacks"]
    ours = [stack for stack in stacks if stack["StackName"].startswith("StackSet-")]
    assert {stack["StackStatus"] for stack in ours} <= {"DELETE_COMPLETE"}
