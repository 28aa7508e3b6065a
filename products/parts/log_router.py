"""FireLens: a router beside the container, which sends its output elsewhere than to CloudWatch.

ECS runs the router as any numeric user since October 2025 (AWS What's New, "Amazon ECS now supports running Firelens
containers as a non-root user"), so that it is held to what every container is. It takes no configuration of a team's
own: on Fargate that would have to be in an image of its own, or come from a bucket at each start, where what runs
changes without a deployment.
"""

from __future__ import annotations

from typing import Any

from awacs import es, firehose, kms, s3
from awacs.aws import StringEquals
from troposphere import Condition, Equals, If, Not, Or, Ref, Sub
from troposphere.ecs import ContainerDefinition, FirelensConfiguration, HealthCheck, LogConfiguration, Secret
from troposphere.iam import Role
from troposphere.logs import LogGroup

from factory.authoring import Parameter, Stack, Text
from factory.authoring.policy import allow
from products.parts.answers import word
from products.parts.confinement import confined
from products.parts.environment_rules import contains
from products.parts.logs import log_to
from products.parts.roles import grant
from products.parts.secrets import ARN, arn_of, read_secrets

LOGS_STAY = "LogsStay"
"""Condition that the container's output goes to CloudWatch."""
LOGS_LEAVE = "LogsLeave"
"""Condition that a router sends the container's output elsewhere."""
PORTS = ("2020", "8877", "24224")
"""Where the router listens within its task: asked whether it is well by the first, for lines by the others."""

# AWS never moves the tag of a version (aws-for-fluent-bit, README, "Using image tags").
_IMAGE = "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.17"
# What that image brings for an answer about itself on 2020, which also gives the last lines 30 seconds to leave
# (amazon-ecs-firelens-examples, "Fluent Bit FireLens Container Health Check Guidance", simple uptime).
_CONFIGURATION = "/fluent-bit/configs/output-metrics-healthcheck.conf"
_STOP_SECONDS = 60
_MEMORY_MIB = 64
# Files on their way to a bucket wait here: each is sent when it is a minute old or has this size.
_WAITING = "/tmp/waiting"  # noqa: S108 - the only place that a container may write to
_FILE_SIZE, _WAITING_SIZE, _SCRATCH_MIB = "8M", "48M", 64
# Lines that wait for the router outside of any container's memory, some 2 KiB each; the default is a million.
_DRIVER_LINES = "8192"
_TRIES = "5"

_FIREHOSE, _S3, _OPENSEARCH, _DATADOG, _SPLUNK = "firehose", "s3", "opensearch", "datadog", "splunk"
_HOST = r"[a-z0-9-]+(\.[a-z0-9-]+)+"
_SITE = r"((us3|us5|ap1|ap2)\.)?datadoghq\.com|datadoghq\.eu|ddog-gov\.com"
_KEY = rf"{ARN}(:[^:;=*? ]*){{0,3}}"
_FORMS = {
    _FIREHOSE: r"[A-Za-z0-9_.-]{1,64}",
    _S3: r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
    _OPENSEARCH: rf"[a-z][a-z0-9-]{{2,27}} {_HOST}",
    _DATADOG: rf"({_SITE}) {_KEY}",
    _SPLUNK: rf"{_HOST} {_KEY}",
}


def destination_question(group: str) -> Text:
    """Where the container's output goes."""
    elsewhere = "firehose STREAM, s3 BUCKET, opensearch DOMAIN HOST, datadog SITE SECRET, or splunk HOST SECRET"
    return Text(
        "Log destination",
        group=group,
        default="cloudwatch",
        pattern="|".join(["cloudwatch", *(f"{kind} ({form})" for kind, form in _FORMS.items())]),
        constraint=f"cloudwatch; or {elsewhere}.",
        help=f"Where the container's output goes: cloudwatch; or by FireLens {elsewhere}. SECRET is the ARN of the "
        "secret with the key. No alarm here counts error lines elsewhere than in CloudWatch.",
    )


def _named(destination: Parameter, index: int) -> Any:
    """What stands behind the kind of destination."""
    return word(destination, index, "none", "none")


def _goes_to(kind: str) -> str:
    return f"LogsGoTo{kind.capitalize()}"


def log_conditions(stack: Stack, destination: Parameter) -> None:
    """What the other functions of this module ask about the answer."""
    stays = destination.equals("cloudwatch")
    stack.condition(LOGS_STAY, stays)
    stack.condition(LOGS_LEAVE, Not(stays))
    for kind in _FORMS:
        stack.condition(_goes_to(kind), Equals(word(destination, 0), kind))
    by_key = [Condition(_goes_to(kind)) for kind in (_DATADOG, _SPLUNK)]
    stack.condition("LogsNeedKey", Or(*by_key))


def router_port_rule(stack: Stack, destination: Parameter, port: Parameter) -> None:
    """Refuse a server on a port that the router beside it listens on."""
    stack.rule(
        "RouterHasItsPorts",
        (Not(contains(PORTS, port.name)), f"The log router takes the ports {', '.join(PORTS)}: choose another one."),
        when=Not(destination.equals("cloudwatch")),
    )


def routed(destination: Parameter, runtime: Any, here: LogConfiguration) -> Any:
    """Where the container's output goes; `here` in CloudWatch."""
    secret = _named(destination, 2)
    where: Any = here
    for kind, options in _outputs(destination, runtime).items():
        made = LogConfiguration(
            LogDriver="awsfirelens",
            Options={**options, "retry_limit": _TRIES, "log-driver-buffer-limit": _DRIVER_LINES},
        )
        if kind in _SECRETS:
            made.SecretOptions = [Secret(Name=_SECRETS[kind], ValueFrom=secret)]
        where = If(_goes_to(kind), made, where)
    return where


_SECRETS = {_DATADOG: "apikey", _SPLUNK: "splunk_token"}
"""What the outputs that need a key call it."""


def _outputs(destination: Parameter, runtime: Any) -> dict[str, dict[str, Any]]:
    """Fluent Bit's output for each kind of destination (Fluent Bit manual, "Data pipeline", outputs)."""
    name, service, region = _named(destination, 1), Ref("ServiceName"), Ref("AWS::Region")
    https = {"Port": "443", "tls": "On"}
    return {
        _FIREHOSE: {"Name": "kinesis_firehose", "region": region, "delivery_stream": name, "time_key": "time"},
        _S3: {
            "Name": "s3",
            "region": region,
            "bucket": name,
            "s3_key_format": Sub("/${ServiceName}/%Y/%m/%d/%H/$TAG/$UUID.gz"),
            "compression": "gzip",
            "use_put_object": "On",
            "total_file_size": _FILE_SIZE,
            "upload_timeout": "1m",
            "store_dir": _WAITING,
            "store_dir_limit_size": _WAITING_SIZE,
        },
        _OPENSEARCH: {
            "Name": "opensearch",
            "Host": _named(destination, 2),
            **https,
            "AWS_Auth": "On",
            "AWS_Region": region,
            # An index a day, so that old ones can go.
            "Logstash_Format": "On",
            "Logstash_Prefix": service,
            "Suppress_Type_Name": "On",
            "Trace_Error": "On",
        },
        _DATADOG: {
            "Name": "datadog",
            "Host": Sub("http-intake.logs.${Site}", Site=name),
            "TLS": "On",
            "compress": "gzip",
            "provider": "ecs",
            "dd_message_key": "log",
            "dd_service": service,
            "dd_source": runtime,
            "dd_tags": Sub("env:${Environment},project:${Project}"),
        },
        _SPLUNK: {"Name": "splunk", "Host": name, **https, "compress": "gzip", "event_source": service},
    }


def log_router(logs: LogGroup) -> ContainerDefinition:
    """The router, whose own output stays in CloudWatch."""
    return ContainerDefinition(
        Name="log-router",
        Image=_IMAGE,
        # A task whose output went nowhere would run on unnoticed.
        Essential=True,
        FirelensConfiguration=FirelensConfiguration(
            Type="fluentbit",
            Options={
                "enable-ecs-log-metadata": "true",
                "config-file-type": "file",
                "config-file-value": _CONFIGURATION,
            },
        ),
        # Whether it is alive, and not whether its destination is: that would take all tasks down together.
        HealthCheck=HealthCheck(
            Command=["CMD", "curl", "-fsS", "http://127.0.0.1:2020/api/v1/uptime"],
            Interval=10,
            Timeout=5,
            Retries=3,
            StartPeriod=30,
        ),
        MemoryReservation=_MEMORY_MIB,
        StopTimeout=_STOP_SECONDS,
        LogConfiguration=log_to(logs, "log-router"),
        **confined(_SCRATCH_MIB),
    )


def log_permissions(starting: Role, working: Role, destination: Parameter, key: Any) -> None:
    """What the router may do with its destination, and nothing else: it has the role of the whole task."""
    name = _named(destination, 1)

    def here(service: str, resource: str) -> Sub:
        return Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}", Name=name)

    files = Sub("arn:${AWS::Partition}:s3:::${Name}/${ServiceName}/*", Name=name)
    through = {"kms:ViaService": Sub("s3.${AWS::Region}.${AWS::URLSuffix}")}
    for kind, statements in {
        _FIREHOSE: [allow("SendLogs", [firehose.PutRecordBatch], here("firehose", "deliverystream/${Name}"))],
        _S3: [
            allow("SendLogs", [s3.PutObject], files),
            allow("EncryptLogs", [kms.GenerateDataKey], key, when=[StringEquals(through)]),
        ],
        _OPENSEARCH: [allow("SendLogs", [es.ESHttpPost], here("es", "domain/${Name}/_bulk"))],
    }.items():
        grant(working, f"SendLogsTo{kind.capitalize()}", statements, condition=_goes_to(kind))
    read_secrets(starting, [("LogsNeedKey", arn_of(_named(destination, 2)))], key, name="ReadLogKey")
