"""What a team that launches a worker relies on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from factory.synthesis.artifact import synthesize
from products.parts import placeholder
from products.parts.backlog import COUNTS_FROM_ZERO
from products.parts.task_sizes import COUNTS
from products.worker import Worker
from tests.products.launching import ACCOUNT, Launched, allowed, refused

OWN_IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/team/orders:1.4.0"
QUEUE_ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders.fifo"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:orders"
NAMED = "{{resolve:ssm:/platform/main/queue/orders/%s}}"
QUEUE_PARTS = {"Messages", "MessagesPolicy", "DeadLetters", "DeadLettersPolicy", "MessagesFailed"}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return synthesize(Worker).template


def made(**given: str) -> Launched:
    return Launched(Worker, ClusterName="cluster", **given)


def app(launched: Launched) -> dict[str, Any]:
    found: dict[str, Any] = launched["TaskDefinition"]["ContainerDefinitions"][0]
    return found


def environment(launched: Launched) -> dict[str, Any]:
    return {item["Name"]: item["Value"] for item in app(launched)["Environment"]}


def permissions(launched: Launched) -> dict[str, Any]:
    documents = {item["PolicyName"]: item["PolicyDocument"] for item in launched["TaskRole"]["Policies"]}
    return allowed(documents["WorkOffQueue"])


def dimensions(alarm: dict[str, Any], name: str) -> Any:
    (metric,) = [item["MetricStat"]["Metric"] for item in alarm["Metrics"] if item["Id"] == name]
    return {item["Name"]: item["Value"] for item in metric["Dimensions"]}


def test_nobody_calls_it() -> None:
    launched = made()
    assert "SecurityGroupIngress" not in launched["TaskSecurityGroup"]
    assert "PortMappings" not in app(launched)
    assert "LoadBalancers" not in launched["Service"]
    assert "Services" not in launched["Service"]["ServiceConnectConfiguration"]


def test_it_has_a_queue_of_its_own(template: dict[str, Any]) -> None:
    messages = template["Resources"]["Messages"]["Properties"]
    assert messages["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["DeadLetters", "Arn"]},
        "maxReceiveCount": {"Ref": "Attempts"},
    }
    assert {title for title in QUEUE_PARTS if title in made()} == QUEUE_PARTS
    assert {"QueueUrlContract", "QueueArnContract", "DeadLetterQueueArnContract"} <= set(template["Resources"])


@pytest.mark.parametrize(
    ("queue", "url", "arn", "name"),
    [
        (
            QUEUE_ARN,
            f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/orders.fifo",
            QUEUE_ARN,
            "orders.fifo",
        ),
        ("orders", NAMED % "queue-url", NAMED % "queue-arn", NAMED % "queue-name"),
    ],
)
def test_or_it_works_off_one_that_exists(queue: str, url: str, arn: str, name: str) -> None:
    launched = made(SourceQueue=queue)
    assert not [title for title in QUEUE_PARTS if title in launched]
    assert "QueueUrlContract" not in launched
    assert environment(launched)["QUEUE_URL"] == url
    assert permissions(launched)["TakeMessages"]["Resource"] == [arn]
    assert dimensions(launched["MessagesWaitLong"], "age") == {"QueueName": name}


@pytest.mark.parametrize(
    "wrong", ["Orders", "o", "arn:aws:sqs:us-east-1:1:orders", "arn:aws:sns:us-east-1:222222222222:a"]
)
def test_what_is_no_queue_is_refused(template: dict[str, Any], wrong: str) -> None:
    assert not re.fullmatch(template["Parameters"]["SourceQueue"]["AllowedPattern"], wrong)


def test_its_role_takes_messages_of_this_queue_and_protects_its_own_tasks() -> None:
    statements = permissions(made(ServiceName="orders", KeyArn="key", SourceQueue=QUEUE_ARN))
    assert set(statements) == {"TakeMessages", "DecryptMessages", "ProtectTasks"}
    assert not [action for action in statements["TakeMessages"]["Action"] if "Send" in action or "Purge" in action]
    assert statements["DecryptMessages"]["Resource"] == ["key"]
    protect = statements["ProtectTasks"]
    assert protect["Resource"] == [f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/cluster/*"]
    assert protect["Condition"] == {"StringEquals": {"aws:ResourceTag/Name": "platform-dev-worker-main-orders"}}


def test_its_tasks_carry_the_name_that_the_role_asks_for() -> None:
    service = made(ServiceName="orders")["Service"]
    assert {"Key": "Name", "Value": "platform-dev-worker-main-orders"} in service["Tags"]
    assert service["PropagateTags"] == "SERVICE"


def test_who_sends_is_let_in_under_conditions() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/shop"
    launched = made(SenderRoles=role, SenderService="sns", SenderArn=TOPIC)
    statements = allowed(launched["MessagesPolicy"]["PolicyDocument"])
    assert statements["RolesSend"]["Principal"] == {"AWS": [role]}
    assert statements["RolesSend"]["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    assert statements["ServiceSends"]["Condition"] == {"ArnEquals": {"aws:SourceArn": TOPIC}}
    assert not allowed(made()["MessagesPolicy"]["PolicyDocument"])


def test_the_longest_name_of_a_queue_fits(template: dict[str, Any]) -> None:
    name = template["Resources"]["Messages"]["Properties"]["QueueName"]["Fn::Join"][1]
    text = name[0]["Fn::Sub"][0]
    for parameter, longest in {
        "Project": 20,
        "Environment": len("staging"),
        "ServiceName": 30,
        # The last part of a stack's id, which is a UUID.
        "Unique": 12,
    }.items():
        text = text.replace(f"${{{parameter}}}", "a" * longest)
    assert "$" not in text
    assert len(text + name[1]["Fn::If"][1]) <= 80


def test_so_many_messages_wait_for_each_task() -> None:
    policy = made(BacklogTarget="25")["BacklogScaling"]["TargetTrackingScalingPolicyConfiguration"]
    assert policy["TargetValue"] == "25"
    waiting, running, backlog = policy["CustomizedMetricSpecification"]["Metrics"]
    assert waiting["MetricStat"]["Metric"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert running["MetricStat"]["Metric"]["Namespace"] == "ECS/ContainerInsights"
    assert running["MetricStat"]["Metric"]["MetricName"] == "RunningTaskCount"
    assert backlog["Expression"] == "waiting / running"
    assert [item["ReturnData"] for item in (waiting, running, backlog)] == [False, False, True]
    assert {"CpuScaling", "MemoryScaling"} <= made().of_type("AWS::ApplicationAutoScaling::ScalingPolicy").keys()


def test_all_tasks_stop_while_nothing_is_to_do_where_that_is_asked_for() -> None:
    steps = {"SleepScaling", "SleepAlarm", "WakeScaling", "WakeAlarm"}
    assert not [title for title in steps if title in made(Tasks="1-5")]
    launched = made(Tasks="0-5")
    for title, adjustment, tasks, minutes in (("Sleep", "ExactCapacity", 0, 15), ("Wake", "ChangeInCapacity", 1, 3)):
        configuration = launched[f"{title}Scaling"]["StepScalingPolicyConfiguration"]
        assert configuration["AdjustmentType"] == adjustment
        assert configuration["StepAdjustments"] == [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": tasks}]
        assert launched[f"{title}Alarm"]["EvaluationPeriods"] == minutes
    # Messages that somebody works on, or that are held back, are something to do.
    sleep = {item["Id"] for item in launched["SleepAlarm"]["Metrics"]}
    assert sleep == {"waiting", "received", "delayed", "desired", "result"}


@pytest.mark.parametrize(
    ("desired", "waiting", "received", "delayed", "sleeps", "wakes"),
    [
        (1, 0, 0, 0, True, False),
        (50, 0, 0, 0, True, False),
        (1, 1, 0, 0, False, False),
        (50, 0, 1, 0, False, False),
        (2, 0, 0, 1, False, False),
        (1, 1_000_000, 0, 0, False, False),
        (0, 0, 0, 0, False, False),
        (0, 1, 0, 0, False, True),
    ],
)
def test_it_sleeps_and_wakes_by_what_is_to_do(
    desired: int, waiting: int, received: int, delayed: int, sleeps: bool, wakes: bool
) -> None:
    values = {"desired": desired, "waiting": waiting, "received": received, "delayed": delayed}
    for title, expected in (("Sleep", sleeps), ("Wake", wakes)):
        alarm = made(Tasks="0-5")[f"{title}Alarm"]
        (result,) = [item for item in alarm["Metrics"] if item["Id"] == "result"]
        # CloudWatch's operators are Python's here.
        assert (eval(result["Expression"], {}, values) >= alarm["Threshold"]) is expected  # noqa: S307


@pytest.mark.parametrize(("environment", "refused_there"), [("dev", False), ("staging", False), ("prod", True)])
def test_not_in_prod(template: dict[str, Any], environment: str, refused_there: bool) -> None:
    assert bool(refused(template, Environment=environment, Tasks="0-5")) is refused_there
    assert refused(template, Environment=environment, Tasks="1-5") == set()


def test_there_are_not_too_many_numbers_of_tasks() -> None:
    assert set(COUNTS) < set(COUNTS_FROM_ZERO)
    assert len(COUNTS_FROM_ZERO) == len(set(COUNTS_FROM_ZERO))
    # CloudFormation's quota of values that a parameter may allow.
    assert len(COUNTS_FROM_ZERO) < 200


def test_a_task_may_finish_the_message_at_hand() -> None:
    assert app(made())["StopTimeout"] == "120"


def test_a_bad_version_is_taken_back(template: dict[str, Any]) -> None:
    deployment = template["Resources"]["Service"]["Properties"]["DeploymentConfiguration"]
    assert deployment["Strategy"] == "ROLLING"
    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    watched = {"Fn::If": ["LogsStay", {"Ref": "ErrorsLogged"}, {"Ref": "LogLinesLost"}]}
    assert deployment["Alarms"] == {"AlarmNames": [watched], "Enable": True, "Rollback": True}


def test_old_messages_are_told_of_but_not_of_those_that_wait_for_the_morning() -> None:
    def expression(**given: str) -> str:
        (result,) = [item for item in made(**given)["MessagesWaitLong"]["Metrics"] if item["Id"] == "result"]
        return str(result["Expression"])

    assert expression() == "age"
    assert expression(NightOff="true") == "IF(desired > 0, age, 0)"


def test_every_alarm_names_worker_and_runbook() -> None:
    alarms = Launched(Worker, RunbookUrl="https://wiki/x").of_type("AWS::CloudWatch::Alarm")
    assert set(alarms) == {"CpuHigh", "MemoryHigh", "TooFewTasks", "ErrorsLogged", "MessagesWaitLong", "MessagesFailed"}
    for alarm in alarms.values():
        assert alarm["AlarmDescription"].startswith("app: ")
        assert alarm["AlarmDescription"].endswith("Runbook: https://wiki/x")


def test_the_placeholder_leaves_messages_alone() -> None:
    assert app(made())["Command"] == placeholder.WAITS
    assert app(made(HealthCommand="/bin/healthy"))["HealthCheck"]["Command"][0] == "CMD-SHELL"
    assert "Command" not in app(made(Image=OWN_IMAGE))
    assert app(made(Image=OWN_IMAGE, HealthCommand="/bin/healthy"))["HealthCheck"]["Command"][1] == "/bin/healthy"


@pytest.mark.parametrize("runtime", ["nodejs", "python", "other"])
@pytest.mark.parametrize(("age", "well"), [(None, True), (1, True), (100, False)])
def test_a_heartbeat_that_stops_is_noticed(runtime: str, age: int | None, well: bool, tmp_path: Path) -> None:
    kind, *command = app(made(Image=OWN_IMAGE, Runtime=runtime))["HealthCheck"]["Command"]
    if kind == "CMD-SHELL":
        command = ["sh", "-c", *command]
    program = {"python": sys.executable}.get(command[0], command[0])
    if not shutil.which(program):
        pytest.skip(f"{program} is not there")
    heartbeat = tmp_path / "heartbeat"
    if age is not None:
        heartbeat.touch()
        os.utime(heartbeat, (time.time() - age, time.time() - age))
    variables = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HEARTBEAT_FILE": str(heartbeat), "HEARTBEAT_SECONDS": "50"}
    done = subprocess.run([program, *command[1:]], env=variables, capture_output=True, check=False)
    assert (done.returncode == 0) is well, done.stderr
