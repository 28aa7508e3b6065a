"""What a team that launches a job relies on."""

from __future__ import annotations

import re
from typing import Any

import pytest

from factory.authoring import ENVIRONMENTS
from factory.synthesis.artifact import synthesize
from products.parts import placeholder
from products.scheduled_job import ScheduledJob
from tests.products.launching import ACCOUNT, Launched, allowed, refused

ARN = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:platform-dev-job-main-report"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return synthesize(ScheduledJob).template


def made(**given: str) -> Launched:
    return Launched(ScheduledJob, ServiceName="report", ClusterName="cluster", KeyArn="key", **given)


def role(launched: Launched, title: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A role's own statements, and the condition under which it is taken on."""
    (policy,) = launched[title]["Policies"]
    (trust,) = launched[title]["AssumeRolePolicyDocument"]["Statement"]
    return allowed(policy["PolicyDocument"]), trust["Condition"]


def test_it_runs_at_its_times() -> None:
    times = made(Schedule="rate(5 minutes)", TimeZone="Europe/Berlin", LatestStartSeconds="600")["Times"]
    assert (times["ScheduleExpression"], times["ScheduleExpressionTimezone"]) == ("rate(5 minutes)", "Europe/Berlin")
    assert times["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert times["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": "600"}
    assert times["Target"]["Input"] == '{"scheduledTime": "<aws.scheduler.scheduled-time>"}'
    window = made(WindowMinutes="30")["Times"]["FlexibleTimeWindow"]
    assert window == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": "30"}


@pytest.mark.parametrize(
    ("schedule", "admitted"),
    [
        ("rate(1 minute)", True),
        ("cron(0 3 * * ? *)", True),
        ("at(2027-01-31T03:00:00)", True),
        ("rate(0 minutes)", False),
        ("0 3 * * *", False),
        ("cron(0 3 * * ?)", False),
        ("@daily", False),
        ("", False),
    ],
)
def test_schedules_are_those_of_the_scheduler(template: dict[str, Any], schedule: str, admitted: bool) -> None:
    assert bool(re.fullmatch(template["Parameters"]["Schedule"]["AllowedPattern"], schedule)) is admitted


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_dr_does_not_run_it_a_second_time(environment: str) -> None:
    state = made(Environment=environment)["Times"]["State"]
    assert state == ("DISABLED" if environment == "dr" else "ENABLED")
    assert made(Environment=environment, Enabled="true")["Times"]["State"] == "ENABLED"
    assert made(Environment=environment, Enabled="false")["Times"]["State"] == "DISABLED"


def test_the_schedule_starts_this_job_alone() -> None:
    statements, condition = role(made(), "ScheduleRole")
    assert set(statements) == {"StartRun", "KeepFailures", "UseTheKey"}
    assert statements["StartRun"]["Action"] == ["states:StartExecution"]
    assert condition["ArnLike"]["aws:SourceArn"].endswith(":schedule-group/default")
    assert condition["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


def test_the_workflow_runs_and_stops_its_own_tasks_alone(template: dict[str, Any]) -> None:
    statements, condition = role(made(), "RunsRole")
    assert statements["RunTask"]["Resource"] == [
        f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/platform-dev-job-main-report:*"
    ]
    in_cluster = {"ArnEquals": {"ecs:cluster": f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/cluster"}}
    assert statements["RunTask"]["Condition"] == in_cluster
    assert statements["StopTask"]["Condition"] == {
        "StringEquals": {"aws:ResourceTag/Name": "platform-dev-job-main-report"}
    }
    passed = template["Resources"]["RunsRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    (pass_roles,) = [item for item in passed if item["Sid"] == "PassRoles"]
    assert pass_roles["Resource"] == [
        {"Fn::GetAtt": ["TaskStartRole", "Arn"]},
        {"Fn::GetAtt": ["TaskRole", "Arn"]},
    ]
    assert pass_roles["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert condition["ArnLike"] == {"aws:SourceArn": ARN}


def test_its_tasks_carry_the_name_that_the_role_asks_for() -> None:
    task = made()["TaskDefinition"]
    assert task["Family"] == "platform-dev-job-main-report"
    assert {"Key": "Name", "Value": task["Family"]} in task["Tags"]


def test_the_longest_name_of_a_workflow_fits(template: dict[str, Any]) -> None:
    name = template["Resources"]["Runs"]["Properties"]["StateMachineName"]["Fn::Sub"]
    longest = {"Project": 20, "Environment": len("staging"), "Instance": 16, "ServiceName": 30}
    for parameter, length in longest.items():
        name = name.replace(f"${{{parameter}}}", "a" * length)
    assert len(name) == 80


def test_runs_are_kept_under_the_key_logged_and_traced(template: dict[str, Any]) -> None:
    runs = template["Resources"]["Runs"]["Properties"]
    assert runs["EncryptionConfiguration"]["KmsKeyId"] == {"Ref": "KeyArn"}
    assert runs["LoggingConfiguration"]["Level"] == "ERROR"
    assert runs["TracingConfiguration"] == {"Enabled": True}
    statements, _ = role(made(), "RunsRole")
    encrypts = statements["EncryptHistory"]["Condition"]["StringEquals"]
    assert encrypts == {"kms:EncryptionContext:aws:states:stateMachineArn": ARN}


def test_nobody_calls_it() -> None:
    assert "SecurityGroupIngress" not in made()["TaskSecurityGroup"]
    assert "PortMappings" not in made()["TaskDefinition"]["ContainerDefinitions"][0]


def test_what_goes_wrong_is_told() -> None:
    alarms = made(RunbookUrl="https://wiki/x").of_type("AWS::CloudWatch::Alarm")
    assert {title: alarm["MetricName"] for title, alarm in alarms.items()} == {
        "ErrorsLogged": "report-errors",
        "Overdue": "ExecutionsSucceeded",
        "RunFailed": "ExecutionsFailed",
        "RunNotStarted": "ApproximateNumberOfMessagesVisible",
    }
    for alarm in alarms.values():
        assert alarm["AlarmDescription"].startswith("report: ")
        assert alarm["AlarmDescription"].endswith("Runbook: https://wiki/x")


def test_a_job_is_overdue_after_so_many_hours_without_a_success() -> None:
    overdue = made(OverdueHours="30", CriticalTopic="critical")["Overdue"]
    assert (overdue["Period"], overdue["EvaluationPeriods"], overdue["Statistic"]) == (3600, "30", "Sum")
    assert overdue["ComparisonOperator"] == "LessThanThreshold"
    # No data is what a job leaves that does not run at all.
    assert overdue["TreatMissingData"] == "missing"
    assert overdue["InsufficientDataActions"] == overdue["AlarmActions"] == ["critical"]


@pytest.mark.parametrize("given", [{"OverdueHours": "0"}, {"Enabled": "false"}, {"Environment": "dr"}])
def test_nothing_is_overdue_that_need_not_run(given: dict[str, str]) -> None:
    assert "Overdue" not in made(**given)


def test_the_alarms_hours_are_as_many_as_cloudwatch_looks_back(template: dict[str, Any]) -> None:
    assert template["Parameters"]["OverdueHours"]["MaxValue"] * 3600 == 7 * 24 * 3600


def test_the_placeholder_ends_well() -> None:
    assert made()["TaskDefinition"]["ContainerDefinitions"][0]["Command"] == placeholder.ENDS


@pytest.mark.parametrize("environment", ["prod", "dr"])
def test_no_spot_in_prod(template: dict[str, Any], environment: str) -> None:
    assert refused(template, Environment=environment, OnSpot="true") == {"NoSpotInProd"}
    assert refused(template, Environment=environment) == set()
    assert refused(template, Environment="dev", OnSpot="true") == set()
