"""A launch role that lacks a permission: the launch fails and names it; and roles that are behind their templates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from factory.synthesis.launch_roles import role_name
from tests.command import Command
from tests.scenarios import project

ANOTHER = '''
from troposphere.cloudwatch import Dashboard
from factory.authoring import Product, Stack


class OrderQueue(Product):
    """A dashboard in place of the queues."""

    name = "order-queue"
    version = "2.0.0"

    def build(self, stack: Stack) -> None:
        stack.add(Dashboard("Board", DashboardBody="{}"))
'''
Change = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project whose one product makes two queues, published, and what the product requires."""
    directory = tmp_path_factory.mktemp("roles")
    command = project.begin(directory, project.environments("dev"), teams=project.portfolio("dev"))
    command("publish", "--sandbox", "--yes")
    project.provide_key(command)
    yield command
    command("sandbox", "stop")


@pytest.fixture
def change_role(factory: Command) -> Iterator[Callable[[Change], None]]:
    """Puts every statement of the product's launch role through a function; afterwards the role is as it was."""
    iam = factory.client("iam", "dev")
    attached = iam.list_attached_role_policies(RoleName=role_name("order-queue"))["AttachedPolicies"]
    before = {}
    for policy in attached:
        arn = policy["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        before[arn] = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]

    def put(arn: str, document: Any) -> None:
        old = [item for item in iam.list_policy_versions(PolicyArn=arn)["Versions"] if not item["IsDefaultVersion"]]
        for item in old:
            iam.delete_policy_version(PolicyArn=arn, VersionId=item["VersionId"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)

    def change(each: Change) -> None:
        for arn, document in before.items():
            put(arn, {**document, "Statement": [each(statement) for statement in document["Statement"]]})

    yield change
    for arn, document in before.items():
        put(arn, document)


def test_a_missing_action_is_named_and_given_back(factory: Command, change_role: Callable[[Change], None]) -> None:
    def lacking(statement: dict[str, Any]) -> dict[str, Any]:
        return {**statement, "Action": [action for action in statement["Action"] if action != "sqs:CreateQueue"]}

    change_role(lacking)
    failed = factory("launch", "order-queue", "-e", "dev", "--sandbox", code=1)
    assert "Undeliverable" in failed.stderr
    assert "assumed-role/factory-launch-order-queue/" in failed.stderr
    assert (
        "is not authorized to perform: sqs:CreateQueue on resource: arn:aws:sqs:us-east-1:222222222222:"
        in failed.stderr
    )
    assert factory.client("sqs", "dev").list_queues().get("QueueUrls", []) == []
    change_role(lambda statement: statement)
    factory("terminate", "order-queue", "-e", "dev", "--sandbox", "--yes")
    assert factory.json("launch", "order-queue", "-e", "dev", "--sandbox")["status"] == "AVAILABLE"


@pytest.mark.parametrize(
    ("sid", "action"),
    [
        ("OwnStacks", "cloudformation:CreateStack"),
        ("Templates", "cloudformation:GetTemplateSummary"),
        ("ReadTemplates", "s3:GetObject"),
        ("ReadContract", "ssm:GetParameters"),
        ("SqsQueue", "sqs:"),
    ],
)
def test_every_statement_is_needed(
    factory: Command, change_role: Callable[[Change], None], sid: str, action: str
) -> None:
    # A policy can't be without any action.
    change_role(lambda statement: {**statement, "Action": ["sts:TagSession"]} if statement["Sid"] == sid else statement)
    failed = factory("launch", "order-queue", "-e", "dev", "--name", f"no-{sid}", "--sandbox", code=1)
    assert f"is not authorized to perform: {action}" in failed.stderr


def test_a_version_waits_for_its_role_which_serves_the_older_one_too(factory: Command) -> None:
    (factory.directory / "products/order_queue.py").write_text(ANOTHER)
    versions = {"dev": {"1.0.0": "deprecated", "2.0.0": "default"}}
    project.write(factory, teams=project.portfolio("dev", products={"order-queue": versions}))
    behind = factory("plan", "--sandbox", code=1)
    assert behind.stderr.count("is behind its templates (launch-role)") == 2
    assert "account dev (222222222222) in us-east-1" in behind.stderr
    assert "factory bootstrap --sandbox" in behind.stderr
    made = factory("bootstrap", "--sandbox", "--yes").stderr
    assert made.count("factory-launch-roles updated") == 2
    assert "factory-account" not in made
    factory("plan", "--sandbox")
    (role,) = factory.json("roles", "--sandbox", "order-queue")
    allowed = {action for policy in role["policies"] for found in policy["Statement"] for action in found["Action"]}
    assert {"cloudwatch:PutDashboard", "sqs:CreateQueue"} <= allowed
