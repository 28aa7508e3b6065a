"""The workflow of a job at work: it runs its task, skips what overlaps, and stops what takes too long."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from factory.sandbox import process
from factory.sandbox.clients import Clients
from products.scheduled_job import ScheduledJob
from tests.products.launching import template_of

ACCOUNT = "222222222222"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/runs"
FAMILY = "report"
_DEADLINE_SECONDS = 30

Aws = Callable[[str], Any]


def definition(**given: str) -> dict[str, Any]:
    """The workflow as a launch gives it to Step Functions."""
    text, variables = template_of(ScheduledJob)["Resources"]["Runs"]["Properties"]["DefinitionString"]["Fn::Sub"]
    values = {
        "AWS::Partition": "aws",
        "Capacity": "FARGATE",
        "Cluster": "main",
        "Family": FAMILY,
        "Group": "sg-1",
        "Overlap": "skip",
        "Retries": "2",
        "ServiceGroup": "sg-2",
        "ShellAccess": "false",
        "Subnets": 'subnet-1", "subnet-2',
        "Task": FAMILY,
        "TimeoutSeconds": "60",
        **given,
    }
    assert variables.keys() <= values.keys()
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    assert "${" not in text
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    directory: Path = tmp_path_factory.mktemp("project")
    sandbox = process.start(directory, {"hub": "111111111111", "dev": ACCOUNT}, ("us-east-1",))
    clients = Clients(sandbox.endpoint)
    yield lambda service: clients.get(service, account=ACCOUNT, region="us-east-1")
    process.stop(directory)


@pytest.fixture(scope="module", autouse=True)
def _cluster(aws: Aws) -> None:
    ecs = aws("ecs")
    ecs.create_cluster(clusterName="main", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    ecs.register_task_definition(
        family=FAMILY,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "report:1"}],
    )
    by_workflows = {"Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **by_workflows}]}
    aws("iam").create_role(RoleName="runs", AssumeRolePolicyDocument=json.dumps(trust))


@pytest.fixture
def start(aws: Aws, request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """Starts runs of one workflow, and ends at last what still runs."""
    states, machines = aws("stepfunctions"), list[str]()

    def begin(workflow: dict[str, Any], **given: str) -> str:
        if not machines:
            name = request.node.name
            made = states.create_state_machine(name=name, definition=json.dumps(workflow), roleArn=ROLE)
            machines.append(made["stateMachineArn"])
        return str(states.start_execution(stateMachineArn=machines[0], **given)["executionArn"])

    yield begin
    for task in running(aws):
        aws("ecs").stop_task(cluster="main", task=task)


def running(aws: Aws) -> list[str]:
    found: list[str] = aws("ecs").list_tasks(cluster="main", desiredStatus="RUNNING")["taskArns"]
    return found


def eventually(look: Callable[[], Any]) -> Any:
    end = time.monotonic() + _DEADLINE_SECONDS
    while not (found := look()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)
    return found


def ended(aws: Aws, run: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = aws("stepfunctions").describe_execution(executionArn=run)
        return found if found["status"] != "RUNNING" else None

    found: dict[str, Any] = eventually(look)
    return found


def entered(aws: Aws, run: str) -> list[str]:
    events = aws("stepfunctions").get_execution_history(executionArn=run)["events"]
    return [item["stateEnteredEventDetails"]["name"] for item in events if "stateEnteredEventDetails" in item]


def test_a_run_is_a_task_that_knows_for_when_it_is(aws: Aws, start: Callable[..., str]) -> None:
    run = start(definition(), input='{"scheduledTime": "2027-01-31T03:00:00Z"}')
    (task,) = eventually(lambda: running(aws))
    (found,) = aws("ecs").describe_tasks(cluster="main", tasks=[task])["tasks"]
    assert found["group"] == run.rpartition(":")[2]
    (override,) = found["overrides"]["containerOverrides"]
    assert override["name"] == "app"
    assert {item["name"]: item["value"] for item in override["environment"]} == {
        "SCHEDULED_TIME": "2027-01-31T03:00:00Z",
        "ATTEMPT": "0",
    }
    aws("ecs").stop_task(cluster="main", task=task)
    assert ended(aws, run)["status"] == "SUCCEEDED"


def test_a_run_by_hand_has_the_time_of_its_start(aws: Aws, start: Callable[..., str]) -> None:
    start(definition())
    (task,) = eventually(lambda: running(aws))
    (found,) = aws("ecs").describe_tasks(cluster="main", tasks=[task])["tasks"]
    time_, _ = found["overrides"]["containerOverrides"][0]["environment"]
    assert time_["value"].startswith("20")


def test_a_run_that_overlaps_is_skipped(aws: Aws, start: Callable[..., str]) -> None:
    start(definition())
    eventually(lambda: running(aws))
    second = start(definition())
    assert ended(aws, second)["status"] == "SUCCEEDED"
    assert entered(aws, second)[-1] == "Skipped"
    assert len(running(aws)) == 1


def test_runs_overlap_where_that_is_allowed(aws: Aws, start: Callable[..., str]) -> None:
    workflow = definition(Overlap="allow")
    start(workflow)
    start(workflow)
    assert len(eventually(lambda: found if len(found := running(aws)) > 1 else None)) == 2


def test_what_takes_too_long_is_stopped_and_nothing_else(aws: Aws, start: Callable[..., str]) -> None:
    """Begins where the timeout leads; the emulator's own patience is longer."""
    workflow = definition()
    assert workflow["States"]["Run"]["Catch"] == [{"ErrorEquals": ["States.Timeout"], "Next": "Find the task"}]
    late, other = (
        aws("ecs").run_task(cluster="main", taskDefinition=FAMILY, group=group)["tasks"][0]["taskArn"]
        for group in ("late", "other")
    )
    run = start({**workflow, "StartAt": "Find the task"}, name="late")
    failed = ended(aws, run)
    assert (failed["status"], failed["error"]) == ("FAILED", "Timeout")
    assert running(aws) == [other]
    assert late != other


def test_what_has_ended_by_itself_needs_no_stopping(aws: Aws, start: Callable[..., str]) -> None:
    run = start({**definition(), "StartAt": "Find the task"})
    assert ended(aws, run)["error"] == "Timeout"
    assert "Stop" not in entered(aws, run)


def test_failures_are_tried_again_and_timeouts_are_not() -> None:
    (again,) = definition(Retries="5")["States"]["Run"]["Retry"]
    # Which matches every error but States.Timeout (Step Functions Developer Guide, "Handling errors").
    assert again["ErrorEquals"] == ["States.TaskFailed"]
    assert again["MaxAttempts"] == 5
    assert definition(TimeoutSeconds="90")["States"]["Run"]["TimeoutSeconds"] == 90
