"""A hub and two environments from nothing: a plan, the accounts prepared, a publication by the publisher, and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from factory.cli import bootstrap, doctor, publish
from factory.sandbox import control
from tests.command import Command
from tests.scenarios import project

pytestmark = pytest.mark.slow

ENVIRONMENTS = project.environments(
    "dev",
    "prod",
    hub={"launch-roles": "stack-set"},
    has_roles=True,
    dev={"organizational-unit": "ou-ab12-1a2b3c4d"},
    prod={"organizational-unit": "ou-ab12-9z8y7x6w", "regions": ["eu-west-1"]},
)
TEAMS = project.portfolio("dev", share={"organizational-unit": "ou-ab12-1a2b3c4d", "principals": True})
ROLE = "factory-launch-order-queue"


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project of its own without a sandbox; the tests build on each other, from top to bottom."""
    command = project.begin(tmp_path_factory.mktemp("bootstrap"), ENVIRONMENTS, teams=TEAMS)
    yield command
    command("sandbox", "stop")


def steps(factory: Command, *arguments: str) -> list[tuple[str, str, str, str]]:
    found = factory.json("bootstrap", *arguments, "--sandbox")
    return [(step["subject"], step["owner"], step["region"], step["outcome"]) for step in found]


def test_the_plan_comes_first_and_changes_nothing(factory: Command) -> None:
    shown = factory("bootstrap", "--sandbox", "--dry-run")
    assert "+ account 222222222222 dev      us-east-1  factory-account  create" in shown.stdout
    assert "    Publisher (AWS::IAM::Role)" in shown.stdout
    assert "    to account 666666666666 in eu-west-1" in shown.stdout
    assert shown.stdout.endswith("6 to create, 2 to update\n")
    assert shown.stderr.endswith("nothing was changed\n")
    assert factory.client("cloudformation").list_stacks()["StackSummaries"] == []
    refused = factory("bootstrap", "--sandbox", code=2)
    assert "hint:  factory bootstrap --yes --sandbox" in refused.stderr


def test_the_accounts_are_prepared_the_hub_first(factory: Command) -> None:
    assert steps(factory, "hub", "--yes") == [
        ("trusted access of Service Catalog", "hub", "us-east-1", "updated"),
        ("factory-account", "hub", "us-east-1", "created"),
        ("factory-account", "hub", "eu-west-1", "created"),
        ("factory-launch-roles", "hub", "us-east-1", "created"),
    ]
    assert steps(factory, "environment", "-e", "prod", "--yes") == [
        ("factory-account", "prod", "eu-west-1", "created"),
        ("trusted access of CloudFormation StackSets", "hub", "us-east-1", "updated"),
        ("stack set factory-launch-roles", "hub", "us-east-1", "created"),
    ]
    done = factory("bootstrap", "--sandbox", "--yes").stderr.splitlines()
    assert done == [
        "account 222222222222 dev      us-east-1  factory-account created",
        "account 222222222222 in us-east-1: SUCCEEDED",
        "account 111111111111 hub      us-east-1  stack set factory-launch-roles updated",
        "accounts: ready",
    ]
    for environment in ("dev", "prod"):
        roles = factory.client("iam", environment).list_roles()["Roles"]
        assert {"factory-launch-order-queue", "factory-launcher", "factory-publisher", "factory-reader"} <= {
            role["RoleName"] for role in roles
        }


def test_once_prepared_nothing_is_written_any_more(factory: Command, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = project.run(bootstrap.command, factory, "--yes", sandbox=True)
    assert capsys.readouterr().err == "accounts: ready\n"
    verbs = {name.partition(":")[2].rstrip("s") for name in workspace.accounts.calls}
    assert {verb for verb in verbs if not verb.startswith(("Describe", "Get", "List"))} == set()
    assert {outcome for *_, outcome in steps(factory, "--dry-run")} == {"unchanged"}


def test_the_publisher_publishes_and_the_reader_looks(factory: Command) -> None:
    control.enforce_permissions(factory.directory, enforced=True)
    with project.in_hub(factory):
        project.run(publish.command, factory, "--yes")
        project.run(doctor.command, factory)
    asked = control.permissions(factory.directory)["asked"]
    control.enforce_permissions(factory.directory, enforced=False)
    assert [item for item in asked if not item["allowed"]] == []
    assert {item["principal"].split("/")[1] for item in asked} == {"factory-publisher", "factory-reader"}
    names = [item["Name"] for item in factory.client("servicecatalog", "dev").search_products()["ProductViewSummaries"]]
    assert names == ["order-queue"]


def test_what_a_stack_set_made_comes_back(factory: Command) -> None:
    assert factory("doctor", "--sandbox").returncode == 0
    iam = factory.client("iam", "dev")
    for policy in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=ROLE, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=ROLE)
    found = factory.json("doctor", "--sandbox", code=1)["accounts"]
    told = [(item["name"], one["subject"], one["mend"]) for item in found for one in item["findings"]]
    assert told == [("dev", f"role {ROLE}", "factory bootstrap --sandbox")]
    changed = [step for step in steps(factory, "--dry-run") if step[-1] != "unchanged"]
    assert changed == [("what factory-launch-roles made", "dev", "us-east-1", "restored")]
    assert [step for step in steps(factory, "--yes") if step[-1] != "unchanged"] == changed
    assert factory("doctor", "--sandbox").returncode == 0


def test_what_is_needed_is_not_taken_down(factory: Command) -> None:
    project.provide_key(factory)
    factory("launch", "order-queue", "-e", "dev", "--sandbox")
    refused = factory("bootstrap", "--take-down", "--sandbox", "--yes", code=1).stderr
    assert "portfolio teams in dev/us-east-1 (port-" in refused
    assert "launch order-queue of order-queue in dev/us-east-1" in refused
    (factory.directory / "portfolios/teams.yaml").unlink()
    factory("publish", "--sandbox", "--yes", "--prune")
    refused = factory("bootstrap", "--take-down", "--sandbox", "--yes", code=1).stderr
    # The product, of which nothing is left, has only its id.
    assert [line.split(" of ")[0] for line in refused.splitlines()[1:-1]] == ["  launch order-queue"]


def test_it_is_taken_down_in_the_reverse_order(factory: Command) -> None:
    factory("terminate", "order-queue", "-e", "dev", "--sandbox", "--yes")
    left = factory("bootstrap", "hub", "--take-down", "--sandbox", "--yes", code=1).stderr
    assert "account dev (222222222222) in us-east-1: it is prepared" in left
    assert steps(factory, "environment", "-e", "dev", "--take-down", "--yes") == [
        ("stack set factory-launch-roles", "hub", "us-east-1", "removed"),
        ("factory-account", "dev", "us-east-1", "removed"),
    ]
    done = factory("bootstrap", "--take-down", "--sandbox", "--yes").stderr
    told = [line for line in done.splitlines() if "removed" in line]
    assert told == [
        "account 111111111111 hub      us-east-1  stack set factory-launch-roles removed",
        "account 111111111111 hub      us-east-1  factory-launch-roles removed",
        "account 666666666666 prod     eu-west-1  factory-account removed",
        "account 111111111111 hub      eu-west-1  factory-account removed",
        "account 111111111111 hub      us-east-1  factory-account removed",
    ]
    assert "aws s3api delete-bucket --bucket factory-artifacts-111111111111-us-east-1 --region us-east-1" in done
    assert factory("bootstrap", "--take-down", "--sandbox", "--dry-run").stdout == "nothing is there\n"
    assert factory("bootstrap", "--take-down", "--sandbox", "--yes").stderr == "accounts: taken down\n"


def test_published_templates_outlive_it(factory: Command) -> None:
    bucket = "factory-artifacts-111111111111-us-east-1"
    s3 = factory.client("s3")
    (kept,) = s3.list_objects_v2(Bucket=bucket, Prefix="templates/")["Contents"]
    assert kept["Key"].startswith("templates/order-queue/1.0.0/")
    refused = factory("bootstrap", "--sandbox", "--yes", code=1).stderr
    assert f"there is a bucket {bucket} already" in refused
    for name in (bucket, "factory-artifacts-111111111111-eu-west-1"):
        for item in s3.list_object_versions(Bucket=name).get("Versions", []):
            s3.delete_object(Bucket=name, Key=item["Key"], VersionId=item["VersionId"])
        s3.delete_bucket(Bucket=name)
    factory("bootstrap", "--sandbox", "--yes")
