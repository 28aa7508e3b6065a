"""What a team relies on that sends its log elsewhere than to CloudWatch."""

from __future__ import annotations

import re
from typing import Any

import pytest

from factory.authoring import Product
from factory.sandbox.types.ecs_task import check_router
from products.parts.log_router import PORTS
from products.worker import Worker
from tests.products.launching import ACCOUNT, Launched, allowed, refused, template_of
from tests.products.test_containers import admits, app, each_product, each_server, policies

SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:log-key-AbCdEf"
HERE = f"us-east-1:{ACCOUNT}"
DESTINATIONS = {
    "firehose": "firehose application-logs",
    "s3": "s3 my-logs",
    "opensearch": "opensearch search vpc-search-x.us-east-1.es.amazonaws.com",
    "datadog": f"datadog datadoghq.eu {SECRET}",
    "splunk": f"splunk http-inputs-team.splunkcloud.com {SECRET}:token::",
}

each_destination = pytest.mark.parametrize("destination", DESTINATIONS.values(), ids=list(DESTINATIONS))


def containers(launched: Launched) -> dict[str, Any]:
    return {item["Name"]: item for item in launched["TaskDefinition"]["ContainerDefinitions"] if item}


def sends(launched: Launched) -> dict[str, Any]:
    return {name: found for name, found in policies(launched, "TaskRole").items() if name.startswith("SendLogs")}


def alarms(launched: Launched) -> set[str]:
    return {title for title in ("ErrorsLogged", "ErrorLines", "LogLinesLost", "LostLines") if title in launched}


@each_product
def test_output_stays_in_cloudwatch_by_itself(product: type[Product]) -> None:
    launched = Launched(product)
    assert list(containers(launched)) == ["app"]
    assert app(launched)["LogConfiguration"]["LogDriver"] == "awslogs"
    assert sends(launched) == {}
    assert "ReadLogKey" not in policies(launched, "TaskStartRole")
    assert alarms(launched) == {"ErrorsLogged", "ErrorLines"}


@each_product
@each_destination
def test_a_router_takes_output_elsewhere(product: type[Product], destination: str) -> None:
    launched = Launched(product, LogDestination=destination, Tracing="true")
    check_router(launched["TaskDefinition"])
    drivers = {name: item["LogConfiguration"]["LogDriver"] for name, item in containers(launched).items()}
    assert drivers == {"app": "awsfirelens", "collector": "awslogs", "log-router": "awslogs"}
    assert admits(product, "LogDestination", destination)


@each_product
def test_the_router_is_held_to_what_every_container_is(product: type[Product]) -> None:
    both = containers(Launched(product, LogDestination="firehose logs"))
    for item in ("User", "Privileged", "ReadonlyRootFilesystem"):
        assert both["log-router"][item] == both["app"][item]
    assert both["log-router"]["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    # Without it output is lost; and then something has to look after it.
    assert both["log-router"]["Essential"] is True
    assert both["log-router"]["HealthCheck"]["Command"][0] == "CMD"
    assert not both["log-router"]["Image"].endswith((":latest", ":stable"))


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("firehose", {"Name": "kinesis_firehose", "region": "us-east-1", "delivery_stream": "application-logs"}),
        (
            "s3",
            {
                "Name": "s3",
                "region": "us-east-1",
                "bucket": "my-logs",
                "use_put_object": "On",
                "s3_key_format": "/mails/%Y/%m/%d/%H/$TAG/$UUID.gz",
            },
        ),
        (
            "opensearch",
            {
                "Name": "opensearch",
                "Host": "vpc-search-x.us-east-1.es.amazonaws.com",
                "Port": "443",
                "tls": "On",
                "AWS_Auth": "On",
                "AWS_Region": "us-east-1",
                "Logstash_Prefix": "mails",
            },
        ),
        (
            "datadog",
            {
                "Name": "datadog",
                "Host": "http-intake.logs.datadoghq.eu",
                "TLS": "On",
                "dd_service": "mails",
                "dd_source": "nodejs",
                "dd_tags": "env:qa,project:platform",
            },
        ),
        ("splunk", {"Name": "splunk", "Host": "http-inputs-team.splunkcloud.com", "Port": "443", "tls": "On"}),
    ],
)
def test_what_the_router_is_told(kind: str, options: dict[str, str]) -> None:
    launched = Launched(Worker, LogDestination=DESTINATIONS[kind], ServiceName="mails", Environment="qa")
    told = app(launched)["LogConfiguration"]["Options"]
    assert told.items() >= options.items()
    # What the driver of CloudWatch knows, Fluent Bit would stop at.
    assert not told.keys() & {"mode", "max-buffer-size", "awslogs-group"}


@pytest.mark.parametrize(
    ("kind", "action", "resource"),
    [
        ("firehose", "firehose:PutRecordBatch", f"arn:aws:firehose:{HERE}:deliverystream/application-logs"),
        ("s3", "s3:PutObject", "arn:aws:s3:::my-logs/mails/*"),
        ("opensearch", "es:ESHttpPost", f"arn:aws:es:{HERE}:domain/search/_bulk"),
    ],
)
def test_the_task_may_send_to_what_is_named_alone(kind: str, action: str, resource: str) -> None:
    launched = Launched(Worker, LogDestination=DESTINATIONS[kind], ServiceName="mails")
    ((name, statements),) = sends(launched).items()
    found = allowed({"Statement": statements})["SendLogs"]
    assert (name.lower(), found["Action"], found["Resource"]) == (f"sendlogsto{kind}", [action], [resource])
    assert "ReadLogKey" not in policies(launched, "TaskStartRole")


def test_files_are_encrypted_by_way_of_their_bucket_alone() -> None:
    launched = Launched(Worker, LogDestination=DESTINATIONS["s3"])
    encrypt = allowed({"Statement": sends(launched)["SendLogsToS3"]})["EncryptLogs"]
    assert encrypt["Action"] == ["kms:GenerateDataKey"]
    assert encrypt["Condition"] == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}


@pytest.mark.parametrize(("kind", "option", "key"), [("datadog", "apikey", ""), ("splunk", "splunk_token", ":token::")])
def test_a_key_is_read_by_who_starts_the_task(kind: str, option: str, key: str) -> None:
    launched = Launched(Worker, LogDestination=DESTINATIONS[kind])
    logged = app(launched)["LogConfiguration"]
    assert logged["SecretOptions"] == [{"Name": option, "ValueFrom": f"{SECRET}{key}"}]
    assert option not in logged["Options"]
    read, _ = policies(launched, "TaskStartRole")["ReadLogKey"]
    assert (read["Action"], read["Resource"]) == (["secretsmanager:GetSecretValue"], [SECRET])
    assert sends(launched) == {}


@each_product
@each_destination
def test_no_alarm_waits_for_lines_that_never_come(product: type[Product], destination: str) -> None:
    launched = Launched(product, LogDestination=destination)
    assert alarms(launched) == {"LogLinesLost", "LostLines"}
    lines, alarm = launched["LostLines"]["MetricTransformations"][0], launched["LogLinesLost"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (lines["MetricNamespace"], lines["MetricName"])


@pytest.mark.parametrize(
    "line",
    [
        "[2022/02/16 20:11:36] [ warn] [engine] chunk '1-1645042288.flb' cannot be retried: task_id=0, input=tcp.3",
        "[2026/11/26 10:00:00] [ warn] [output:s3:s3.0] Chunk for tag app-firelens-1 failed to send 5 times, "
        "will not retry",
    ],
)
def test_what_the_router_says_of_lost_lines_is_counted(line: str) -> None:
    pattern = Launched(Worker, LogDestination="s3 my-logs")["LostLines"]["FilterPattern"]
    assert any(term in line for term in re.findall(r'\?"([^"]+)"', pattern))


@each_server
@pytest.mark.parametrize("port", PORTS)
def test_a_server_leaves_the_router_its_ports(product: type[Product], port: str) -> None:
    template = template_of(product)
    assert refused(template, Port=port, LogDestination="firehose logs") == {"RouterHasItsPorts"}
    assert refused(template, Port=port) == set()
    assert refused(template, Port="8080", LogDestination="firehose logs") == set()


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "firehose",
        "firehose a*",
        f"firehose arn:aws:firehose:{HERE}:deliverystream/logs",
        "s3 My-Logs",
        "s3 logs/else",
        "opensearch search",
        "opensearch search https://search.example.com",
        "datadog datadoghq.eu",
        f"datadog example.com {SECRET}",
        "datadog datadoghq.eu 0123456789abcdef0123456789abcdef",
        f"splunk splunk.example.com:8088 {SECRET}",
        f"splunk splunk.example.com {SECRET}:a key::",
        f"loki loki.example.com {SECRET}",
    ],
)
def test_what_is_no_destination_is_refused(wrong: str) -> None:
    assert not admits(Worker, "LogDestination", wrong)
