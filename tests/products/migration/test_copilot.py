"""Copilot's manifests as launches: every documented field has an answer or a reason, and values come out right."""

from __future__ import annotations

import re
from typing import Any

import pytest

from factory.authoring.migration import Migration, Verdict
from factory.synthesis.artifact import Artifact
from factory.synthesis.discovery import discover_migrations
from factory.synthesis.migration import migrate
from products.parts.copilot.values import seconds
from products.parts.copilot.workers import schedule
from tests.conftest import ROOT
from tests.products.migration.page import PAGE, page

# The fields that Copilot documents for each type, "Manifest"; of lists of sections, the list alone.
_TASK = """
name type image.build image.location image.credentials image.labels image.depends_on entrypoint command cpu memory
platform network.vpc.placement network.vpc.security_groups variables env_file secrets storage.ephemeral
storage.readonly_fs storage.volumes sidecars logging.retention logging.image logging.destination logging.enableMetadata
logging.secretOptions logging.configFilePath logging.env_file taskdef_overrides environments
"""
_SERVICE = """
count count.spot count.range count.range.min count.range.max count.range.spot_from count.cooldown count.cooldown.in
count.cooldown.out count.cpu_percentage count.memory_percentage exec deployment.rolling deployment.rollback_alarms
image.healthcheck.command image.healthcheck.interval image.healthcheck.retries image.healthcheck.timeout
image.healthcheck.start_period observability.tracing publish.topics
"""
_HTTP = """
http http.path http.healthcheck http.healthcheck.path http.healthcheck.port http.healthcheck.success_codes
http.healthcheck.healthy_threshold http.healthcheck.unhealthy_threshold http.healthcheck.interval
http.healthcheck.timeout http.healthcheck.grace_period http.deregistration_delay http.target_container http.stickiness
http.allowed_source_ips http.alias http.hosted_zone http.version image.port network.connect network.connect.alias
count.requests count.response_time
"""
DOCUMENTED = {
    "Load Balanced Web Service": f"""{_TASK} {_SERVICE} {_HTTP} http.redirect_to_https http.additional_rules http.alb
        nlb.port nlb.healthcheck nlb.target_container nlb.target_port nlb.ssl_policy nlb.stickiness nlb.alias
        nlb.additional_listeners""",
    "Backend Service": f"{_TASK} {_SERVICE} {_HTTP} http.additional_rules http.alb",
    "Worker Service": f"""{_TASK} {_SERVICE} subscribe.topics subscribe.queue.delay subscribe.queue.retention
        subscribe.queue.timeout subscribe.queue.fifo subscribe.queue.fifo.content_based_deduplication
        subscribe.queue.fifo.deduplication_scope subscribe.queue.fifo.throughput_limit
        subscribe.queue.fifo.high_throughput subscribe.queue.dead_letter.tries
        count.queue_delay.acceptable_latency count.queue_delay.msg_processing_time count.queue_delay.cooldown
        network.connect""",
    "Scheduled Job": f"{_TASK} on.schedule retries timeout",
}

KEY = "arn:aws:secretsmanager:us-east-1:111122223333:secret:log-key-AbCdEf"
MIGRATIONS = discover_migrations(ROOT)

each_type = pytest.mark.parametrize("type_", list(DOCUMENTED))


def covering(migration: type[Migration], path: str) -> str | None:
    """The field that a path is read as: itself, or one above it that names none below."""
    paths = {field.path for field in migration.fields}
    while path:
        if path in paths:
            return path
        path = path.rpartition(".")[0]
        if path in paths and any(other.startswith(f"{path}.") for other in paths):
            return None
    return None


def nested(path: str, value: Any) -> dict[str, Any]:
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


@each_type
def test_every_documented_field_is_known(type_: str) -> None:
    assert [path for path in DOCUMENTED[type_].split() if covering(MIGRATIONS[type_], path) is None] == []


@each_type
def test_nothing_else_is_known(type_: str) -> None:
    documented = DOCUMENTED[type_].split()
    known = [field.path for field in MIGRATIONS[type_].fields]
    assert [path for path in known if not any(f"{item}.".startswith(f"{path}.") for item in documented)] == []


@each_type
def test_what_is_not_taken_up_has_a_reason(type_: str) -> None:
    for field in MIGRATIONS[type_].fields:
        assert field.remark
        if field.answers is not None:
            assert field.verdict in (Verdict.HAVE, Verdict.BETTER)


def test_page_says_what_the_migrations_do() -> None:
    assert PAGE.read_text() == page(), "python -m tests.products.migration.page writes it"


PUBLIC: dict[str, Any] = {
    "name": "frontend",
    "type": "Load Balanced Web Service",
    "image": {
        "location": "111122223333.dkr.ecr.us-east-1.amazonaws.com/frontend:1.4.0",
        "port": 8080,
        "healthcheck": {"command": ["CMD-SHELL", "curl -f http://localhost:8080"]},
    },
    "http": {
        "path": "shop",
        "healthcheck": {"path": "/_health", "success_codes": "200,301", "interval": "15s", "grace_period": "2m"},
        "deregistration_delay": "50s",
        "stickiness": True,
        "alias": "example.com",
        "version": "http2",
    },
    "cpu": 512,
    "memory": 1024,
    "platform": "linux/arm64",
    "count": {
        "range": {"min": 1, "max": 10, "spot_from": 6},
        "cpu_percentage": {"value": 60},
        "memory_percentage": 80,
        "requests": 30,
    },
    "exec": True,
    "logging": {"retention": 365},
    "variables": {"LOG_LEVEL": "info", "STAGE": "${COPILOT_ENVIRONMENT_NAME}", "DEBUG": False},
    "secrets": {"DB": {"secretsmanager": "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf:password::"}},
    "observability": {"tracing": "awsxray"},
    "environments": {"prod": {"count": 3, "http": {"alias": "www.example.com"}}},
}


def parameters(manifest: dict[str, Any], environment: str | None = None) -> dict[str, str | None]:
    found = migrate(MIGRATIONS[manifest["type"]], manifest, environment, {"COPILOT_ENVIRONMENT_NAME": "prod"})
    return {answer.parameter: answer.value for answer in found.answers}


def remarks(type_: str, path: str, value: Any) -> list[str]:
    found = migrate(MIGRATIONS[type_], nested(path, value), None, {})
    return [f"{remark.path}: {remark.text}" for remark in found.remarks]


def test_a_public_service() -> None:
    assert parameters(PUBLIC) == {
        "ServiceName": "frontend",
        "Image": "111122223333.dkr.ecr.us-east-1.amazonaws.com/frontend:1.4.0",
        "Port": "8080",
        "HealthCommand": "curl -f http://localhost:8080",
        "Paths": "/shop,/shop/*",
        "HealthCheck": "/_health 200,301 15 120",
        "DrainSeconds": "50",
        "StickySeconds": "86400",
        "HostName": "example.com",
        "Protocol": "http2",
        "Size": "512/1024",
        "Architecture": "ARM64",
        "Tasks": "1-10",
        "SpotPercent": "50",
        "UseTarget": "60",
        "RequestsTarget": "30",
        "ShellAccess": "true",
        "LogRetention": "365",
        "Variables": "LOG_LEVEL=info;STAGE=prod;DEBUG=false",
        "Secrets": "DB=arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf:password::",
        "Tracing": "true",
    }


def test_an_environment_overrides_key_by_key() -> None:
    common, prod = parameters(PUBLIC), parameters(PUBLIC, "prod")
    assert {key for key in common.keys() | prod.keys() if common.get(key) != prod.get(key)} == {
        "HostName",
        "Tasks",
        "SpotPercent",
        "UseTarget",
        "RequestsTarget",
    }
    assert (prod["Tasks"], prod["HostName"]) == ("3-3", "www.example.com")


@pytest.mark.parametrize(
    ("count", "tasks"),
    [
        (5, "5-5"),
        ({"spot": 2}, "2-2"),
        ({"range": "1-10"}, "1-10"),
        ({"range": "3-11"}, "3-12"),
        ({"range": "11-45"}, "10-50"),
    ],
)
def test_counts_are_the_nearest_that_hold_them(count: Any, tasks: str) -> None:
    assert parameters({"type": "Backend Service", "count": count})["Tasks"] == tasks


def test_workers_may_have_no_task_at_times() -> None:
    count = {"range": "0-10"}
    assert parameters({"type": "Worker Service", "count": count})["Tasks"] == "0-10"
    (told,) = remarks("Backend Service", "count", count)
    assert told.startswith("count.range: not taken over: at least one task runs")


@pytest.mark.parametrize(
    ("copilot", "here"),
    [
        ("@daily", "cron(0 0 * * ? *)"),
        ("@every 1h30m", "rate(90 minutes)"),
        ("@every 1m", "rate(1 minute)"),
        ("rate(1 hour)", "rate(1 hour)"),
        ("cron(0 9 * * ? *)", "cron(0 9 * * ? *)"),
        ("30 9 * * *", "cron(30 9 * * ? *)"),
        ("0 9 * * 1-5", "cron(0 9 ? * 2-6 *)"),
        ("0 9 * * 0", "cron(0 9 ? * 1 *)"),
        ("0 9 * * MON-FRI", "cron(0 9 ? * MON-FRI *)"),
        ("*/15 * 1 * *", "cron(*/15 * 1 * ? *)"),
    ],
)
def test_schedules(copilot: str, here: str) -> None:
    assert [answer.value for answer in schedule(copilot, {})] == [here]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("@every 90s", "not in whole minutes"),
        ("0 9 1 * 1", "of which EventBridge takes one"),
        ("often", "is no schedule such as"),
    ],
)
def test_schedules_that_cannot_be_kept(wrong: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        schedule(wrong, {})


@pytest.mark.parametrize(
    ("duration", "expected"), [("90s", 90), ("1m30s", 90), ("2h", 7200), ("4d", 345_600), (15, 15)]
)
def test_durations(duration: Any, expected: int) -> None:
    assert seconds(duration) == expected


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("image.build", "./Dockerfile", "image.build: the pipeline of delivery-pipeline builds, tests and scans it"),
        ("colour", "red", "colour: Load Balanced Web Service has no such field"),
        ("http.colour", "red", "http.colour: Load Balanced Web Service has no such field"),
        ("http", False, "http: not taken over: a service without a load balancer is an internal one"),
        ("http.alias", ["a.example", "b.example"], "http.alias: not taken over: a service answers to one host name"),
        ("platform", "windows/x86_64", "platform: not taken over: Windows containers do not run here"),
        ("logging.retention", 30, "logging.retention: not taken over: logs are kept for 90 days at least"),
        ("variables", {"A": "b=c"}, "variables: not taken over: no value may hold a semicolon or an equals sign"),
        ("variables", ["A"], "variables: not taken over: it does not have the type that is documented"),
        (
            "count",
            {"range": {"max": 3}},
            "count.range.max: not taken over: it does not have the type that is documented",
        ),
        ("count", {"range": "many"}, "count.range: not taken over: many is no range such as 1-10"),
        ("logging.destination", {"Name": "loki"}, "logging.destination: not taken over: loki is no destination here"),
        ("logging.destination", {"Name": "s3"}, "logging.destination: not taken over: it does not have the type"),
        (
            "logging.destination",
            {"Name": "splunk", "Host": "splunk.example.com"},
            "logging.destination: not taken over: tasks reach Splunk on port 443 alone",
        ),
        ("deployment.rolling", "recreate", "deployment.rolling: not taken over: the former tasks always stay"),
    ],
)
def test_what_is_not_taken_over_is_told(path: str, value: Any, said: str) -> None:
    (told,) = remarks("Load Balanced Web Service", path, value)
    assert told.startswith(said)


@pytest.mark.parametrize(
    ("latency", "each", "messages"),
    [("10m", "250ms", "2400"), ("1m", "1.5s", "40"), ("700s", "700ms", "1000"), ("1s", "2m", "1")],
)
def test_a_backlog_is_latency_over_processing_time(latency: str, each: str, messages: str) -> None:
    delay = {"acceptable_latency": latency, "msg_processing_time": each}
    assert parameters({"type": "Worker Service", "count": {"queue_delay": delay}})["BacklogTarget"] == messages


def test_a_processing_time_of_nothing_is_told() -> None:
    delay = {"acceptable_latency": "1m", "msg_processing_time": "0ms"}
    (told,) = remarks("Worker Service", "count.queue_delay", delay)
    assert told.startswith("count.queue_delay: not taken over: ")


def test_secrets_by_name_are_to_be_looked_up() -> None:
    manifest = {"secrets": {"TOKEN": "TOKEN", "DB": {"secretsmanager": "${APP}/mysql"}}}
    (answer,) = migrate(MIGRATIONS["Backend Service"], manifest, None, {"APP": "shop"}).answers
    assert answer.value is None
    assert answer.ask == (
        "TOKEN=ARN of a secret with the value of the SSM parameter TOKEN; DB=ARN of the secret shop/mysql"
    )


@pytest.mark.parametrize(
    ("destination", "here"),
    [
        ({"Name": "cloudwatch", "log_group_name": "api"}, "cloudwatch"),
        ({"Name": "firehose", "delivery_stream": "logs", "region": "us-east-1"}, "firehose logs"),
        ({"name": "S3", "Bucket": "my-logs"}, "s3 my-logs"),
        ({"Name": "datadog", "Host": "http-intake.logs.datadoghq.eu"}, f"datadog datadoghq.eu {KEY}"),
        ({"Name": "datadog"}, f"datadog datadoghq.com {KEY}"),
        ({"Name": "splunk", "Host": "splunk.example.com", "Port": 443}, f"splunk splunk.example.com {KEY}"),
    ],
)
def test_logs_go_where_they_went(destination: dict[str, Any], here: str, artifacts: dict[str, Artifact]) -> None:
    keys = dict.fromkeys(("apikey", "splunk_token"), KEY)
    manifest = {"logging": {"destination": destination, "secretOptions": keys, "enableMetadata": True}}
    found = migrate(MIGRATIONS["Worker Service"], manifest, None, {})
    assert [(answer.parameter, answer.value) for answer in found.answers] == [("LogDestination", here)]
    assert found.remarks == ()
    declared = artifacts["worker"].template["Parameters"]["LogDestination"]
    assert re.fullmatch(declared["AllowedPattern"], here)


@pytest.mark.parametrize(
    ("logging", "ask"),
    [
        (
            {"destination": {"Name": "datadog", "apikey": "plain"}},
            "datadog datadoghq.com ARN of a secret with the key",
        ),
        (
            {"destination": {"Name": "datadog"}, "secretOptions": {"apikey": "DATADOG_KEY"}},
            "datadog datadoghq.com ARN of a secret with the value of the SSM parameter DATADOG_KEY",
        ),
        (
            {"destination": {"Name": "es", "Host": "vpc-logs-x.us-east-1.es.amazonaws.com"}},
            "opensearch, name of the domain, vpc-logs-x.us-east-1.es.amazonaws.com",
        ),
    ],
)
def test_what_logs_need_further_is_to_be_looked_up(logging: dict[str, Any], ask: str) -> None:
    (answer,) = migrate(MIGRATIONS["Backend Service"], {"logging": logging}, None, {}).answers
    assert (answer.parameter, answer.value, answer.ask) == ("LogDestination", None, ask)


def test_a_variable_without_a_value_is_to_be_looked_up() -> None:
    (answer,) = migrate(MIGRATIONS["Backend Service"], {"name": "${TEAM}-api"}, None, {}).answers
    assert (answer.value, answer.ask) == (None, "${TEAM}-api with the value of TEAM")


@each_type
def test_answers_are_to_questions_of_the_product(type_: str, artifacts: dict[str, Artifact]) -> None:
    found = migrate(MIGRATIONS[type_], {**PUBLIC, "type": type_, **MORE.get(type_, {})}, None, {})
    assert {answer.parameter for answer in found.answers} <= set(
        artifacts[MIGRATIONS[type_].product].template["Parameters"]
    )


MORE: dict[str, dict[str, Any]] = {
    "Worker Service": {
        "subscribe": {
            "queue": {
                "delay": "30s",
                "retention": "96h",
                "timeout": "45s",
                "fifo": True,
                "dead_letter": {"tries": 3},
            }
        },
        "count": {"range": "1-10", "queue_delay": {"acceptable_latency": "10m", "msg_processing_time": "250ms"}},
    },
    "Scheduled Job": {"on": {"schedule": "@daily"}, "retries": 3, "timeout": "1h"},
}
"""What the types have that a service behind a load balancer has not."""
