"""What a team that launches a function relies on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from factory.authoring import ENVIRONMENTS
from factory.synthesis.artifact import synthesize
from products import function
from products.function import ServerlessFunction
from products.parts.function_questions import CONCURRENCY
from tests.products.launching import Launched, refused

ZIP = {"CodeBucket": "code", "CodeKey": "orders/1.zip"}
IMAGE = {"ImageUri": "222222222222.dkr.ecr.us-east-1.amazonaws.com/orders:1.4.0"}
STREAM = "arn:aws:dynamodb:us-east-1:222222222222:table/orders/stream/2026-01-01T00:00:00.000"
SECRET = "arn:aws:secretsmanager:us-east-1:222222222222:secret:orders-AbCdEf"  # noqa: S105 - the name of one
EVERY_SOURCE = {
    "Schedule": "rate(5 minutes)",
    "SourceQueue": "orders",
    "SourceBucket": "uploads",
    "SourceStream": STREAM,
}
SOURCES = {"Calls", "Messages", "NewObjects", "Changes"}
PLACEHOLDERS = Path(function.__file__).parent / "functions/placeholder"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return synthesize(ServerlessFunction).template


def made(**given: str) -> Any:
    return Launched(ServerlessFunction, **given)["Function"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_defaults_are_possible_in_every_environment(template: dict[str, Any], environment: str) -> None:
    assert refused(template, Environment=environment) == set()


@pytest.mark.parametrize(
    "given",
    [
        {"CodeBucket": "code"},
        {"CodeKey": "1.zip"},
        {**ZIP, **IMAGE},
        {"Provisioned": "20"},
        {"Reserved": "1", "Provisioned": "2"},
    ],
)
def test_what_can_not_be_is_refused_at_once(template: dict[str, Any], given: dict[str, str]) -> None:
    assert refused(template, **given)


@pytest.mark.parametrize("count", CONCURRENCY)
def test_what_is_kept_warm_is_reserved(template: dict[str, Any], count: int) -> None:
    enough = {other for other in CONCURRENCY if not refused(template, Provisioned=count, Reserved=other)}
    assert enough == {other for other in CONCURRENCY if other >= count}


def test_reserved_concurrency_follows_the_environment(template: dict[str, Any]) -> None:
    sizing = {name: sizes["Reserved"] for name, sizes in template["Mappings"]["Sizing"].items()}
    assert (sizing["dev"], sizing["staging"], sizing["prod"]) == ("10", "20", "100")
    # An account of the usual 1,000 keeps 100 for functions that reserve nothing.
    assert max(CONCURRENCY) == 900


def test_code_comes_from_a_zip_an_image_or_for_now_from_the_factory() -> None:
    assert made(**ZIP)["Code"] == {"S3Bucket": "code", "S3Key": "orders/1.zip"}
    image = made(**IMAGE)
    assert (image["Code"], image["PackageType"]) == (IMAGE, "Image")
    assert not {"Runtime", "Handler"} & image.keys()
    placeholder = made(Handler="app.main")
    assert placeholder["Code"]["S3Key"].startswith("assets/")
    assert (placeholder["Handler"], made(**ZIP, Handler="app.main")["Handler"]) == ("index.handler", "app.main")


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", "import json, index; print(json.dumps(index.handler({}, None)))"],
        pytest.param(
            ["node", "-e", "import('./index.mjs').then(m => m.handler()).then(a => console.log(JSON.stringify(a)))"],
            marks=pytest.mark.skipif(not shutil.which("node"), reason="Node.js is not there"),
        ),
    ],
    ids=["python", "nodejs"],
)
def test_the_placeholder_says_that_it_waits(command: list[str]) -> None:
    answer = json.loads(subprocess.run(command, cwd=PLACEHOLDERS, capture_output=True, check=True, text=True).stdout)
    assert answer == {"statusCode": 503, "body": "This function waits for its first deployment."}


@pytest.mark.parametrize(("code", "on"), [({}, False), (ZIP, True), (IMAGE, True)])
def test_no_source_calls_the_placeholder(code: dict[str, str], on: bool) -> None:
    launched = Launched(ServerlessFunction, **EVERY_SOURCE, **code)
    assert {launched[title]["State"] for title in ("Calls", "NewObjects")} == {"ENABLED" if on else "DISABLED"}
    assert {launched[title]["Enabled"] for title in ("Messages", "Changes")} == {on}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"Schedule": "rate(5 minutes)"}, {"Calls"}),
        ({"SourceQueue": "orders"}, {"Messages"}),
        ({"SourceBucket": "uploads"}, {"NewObjects"}),
        ({"SourceStream": STREAM}, {"Changes"}),
        (EVERY_SOURCE, SOURCES),
    ],
)
def test_each_source_is_there_when_asked_for(given: dict[str, str], expected: set[str]) -> None:
    launched = Launched(ServerlessFunction, **given)
    assert {title for title in SOURCES if title in launched} == expected
    policies = {policy["PolicyName"] for policy in launched["FunctionRole"]["Policies"]} - {"FunctionRole"}
    assert policies == {
        {"Messages": "ReadQueue", "Changes": "ReadStream"}[title] for title in expected & {"Messages", "Changes"}
    }
    assert ("ScheduleRole" in launched) is ("Calls" in expected)
    assert ("ChangesWaitLong" in launched) is ("Changes" in expected)


def test_one_bad_message_does_not_send_the_others_back() -> None:
    launched = Launched(ServerlessFunction, **EVERY_SOURCE)
    for title in ("Messages", "Changes"):
        assert launched[title]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert launched["Changes"]["BisectBatchOnFunctionError"] is True


def test_everything_that_fails_is_kept(template: dict[str, Any]) -> None:
    failures = {"Fn::GetAtt": ["Failures", "Arn"]}
    resources = {title: body["Properties"] for title, body in template["Resources"].items()}
    for title in ("FailedCalls", "FailedAliasCalls", "Changes"):
        assert resources[title]["DestinationConfig"]["OnFailure"]["Destination"] == failures
    assert resources["Calls"]["Target"]["DeadLetterConfig"]["Arn"] == failures
    assert resources["NewObjects"]["Targets"][0]["DeadLetterConfig"]["Arn"] == failures
    assert {resources[title]["Qualifier"] for title in ("FailedCalls", "FailedAliasCalls")} == {"$LATEST", "live"}


def test_secrets_are_granted_one_by_one_and_only_if_given() -> None:
    other = SECRET.replace("orders", "billing")
    launched = Launched(ServerlessFunction, Secrets=f"{SECRET};{other}")
    (reader,) = [policy for policy in launched["FunctionRole"]["Policies"] if "ReadSecret" in policy["PolicyName"]]
    read, _ = reader["PolicyDocument"]["Statement"]
    assert (read["Action"], read["Resource"]) == (["secretsmanager:GetSecretValue"], [SECRET, other])
    variables = launched["Function"]["Environment"]["Variables"]
    assert variables == {"ENVIRONMENT": "dev", "SECRET_1_ARN": SECRET, "SECRET_2_ARN": other}
    assert not [
        policy
        for policy in Launched(ServerlessFunction)["FunctionRole"]["Policies"]
        if "ReadSecret" in policy["PolicyName"]
    ]


def test_it_is_in_the_vpc_where_asked_for() -> None:
    outside = Launched(ServerlessFunction)
    assert "VpcConfig" not in outside["Function"]
    assert "SecurityGroup" not in outside
    inside = Launched(ServerlessFunction, InVpc="true")
    assert len(inside["Function"]["VpcConfig"]["SubnetIds"]) == 2
    group = inside["SecurityGroup"]
    assert "SecurityGroupIngress" not in group
    assert [rule["FromPort"] for rule in group["SecurityGroupEgress"] if rule["CidrIp"] == "0.0.0.0/0"] == [443]


def test_it_needs_no_network_and_no_queue() -> None:
    """Both are looked for under conditions; what is required is the foundation's."""
    artifact = synthesize(ServerlessFunction)
    assert {value.product for _, value in artifact.requires} == {"foundation", "factory"}
    assert {value.product for value in artifact.finds} == {"network", "queue"}


def test_executions_are_kept_warm_of_one_version() -> None:
    assert Launched(ServerlessFunction)["Alias"]["FunctionVersion"] == "$LATEST"
    launched = Launched(ServerlessFunction, Provisioned="5", **ZIP)
    assert launched["Alias"]["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": "5"}
    described = launched["Version"]["Description"]
    assert described == "orders/1.zip python3.13 256 30"


def test_a_versions_description_has_room_for_the_longest_image() -> None:
    image = "2" * 12 + ".dkr.ecr." + "r" * 25 + ".amazonaws.com.cn/" + "n" * 80 + "@sha256:" + "0" * 64
    described = Launched(ServerlessFunction, ImageUri=image, Provisioned="1", MemoryMib="10240", TimeoutSeconds="900")
    assert len(described["Version"]["Description"]) <= 256


def test_alarms_watch_errors_throttles_duration_and_failures() -> None:
    alarms = Launched(ServerlessFunction, TimeoutSeconds="20").of_type("AWS::CloudWatch::Alarm")
    assert {title: alarm.get("MetricName") for title, alarm in alarms.items()} == {
        "Errors": "Errors",
        "Throttled": "Throttles",
        "Slow": None,
        "CallsFailed": "ApproximateNumberOfMessagesVisible",
    }
    duration, percent = alarms["Slow"]["Metrics"]
    assert (duration["MetricStat"]["Stat"], percent["Expression"]) == ("p95", "duration / (10 * 20)")


def test_it_is_traced_and_reserved() -> None:
    found = made()
    assert found["TracingConfig"] == {"Mode": "Active"}
    assert found["Architectures"] == ["arm64"]
    assert found["ReservedConcurrentExecutions"] == "10"
