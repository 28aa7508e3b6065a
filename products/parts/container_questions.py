"""The questions that the products share which run containers: written once, inherited by each of them."""

from __future__ import annotations

from factory.authoring import Choice, Flag, Number, Requires, Sized, Text
from products.parts import contract, placeholder
from products.parts.logs import retention_days
from products.parts.task_sizes import CPU, MEMORY, TASK_COUNTS

VARIABLES = 4
"""How many environment variables the form takes."""
SECRETS = 5
"""How many secrets the form takes."""

_CONFIGURATION = "Configuration"
_OPERATIONS = "Operations"
_SCALING = "Scaling"
_SIZE = "Size"
# How the names of secrets end.
_OF_SECRETS = r"(password|passwd|pwd|passphrase|secret|token|credentials?|(access|api|auth|private|secret)_?key(_id)?)"
# No wildcard, since the role that pulls the image may do so from the repository that is named here.
_IMAGE = r"[A-Za-z0-9][A-Za-z0-9._/:@+-]+"
_IMAGE_TEXT = "An image with tag or digest, such as 111122223333.dkr.ecr.us-east-1.amazonaws.com/orders:1.4.0"
# From 1024, below which a process without privileges may not listen, to 65535.
_PORT = r"102[4-9]|10[3-9]\d|1[1-9]\d\d|[2-9]\d{3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]"


def _variable(number: int) -> Text:
    return Text(
        f"Variable {number}",
        group=_CONFIGURATION,
        default="",
        pattern=rf"(?i)((?!\w*{_OF_SECRETS}=)[A-Z_][A-Z0-9_]*=[^=]*)?",
        constraint="Empty, or NAME=value; the value holds no further equals sign. What is named PASSWORD, SECRET, "
        "TOKEN, KEY or the like belongs under Secret.",
        help="Environment variable as NAME=value. Not for secrets, and more of them go into an environment file.",
    )


def _secret(number: int) -> Text:
    return Text(
        f"Secret {number}",
        group=_CONFIGURATION,
        default="",
        pattern=r"([A-Za-z_][A-Za-z0-9_]*=arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+.@-]+(:[^:=*?]*){0,3})?",
        constraint="Empty, or NAME=ARN of a Secrets Manager secret, with :key:: behind it for one key of a JSON one.",
        help="Environment variable and the secret that fills it: NAME=ARN, or NAME=ARN:key:: for one key of a JSON "
        "secret. It must be under the environment's key or that of Secrets Manager itself.",
    )


class ContainerQuestions:
    """What is asked about every container: which one, how big, with what in its environment."""

    service_name = Text(
        "Service name",
        group="Service",
        default="app",
        pattern=r"[a-z][a-z0-9-]{1,29}",
        constraint="2 to 30 lower-case letters, digits and hyphens, starting with a letter.",
        help="Unique among the services of the environment; others find the service by it.",
    )
    image = Text(
        "Image",
        group="Service",
        default=placeholder.IMAGE,
        max_length=512,
        pattern=_IMAGE,
        constraint=_IMAGE_TEXT,
        help="Container image. The default answers every request until the first image of the service's own is there.",
    )
    runtime = Choice(
        "Runtime",
        group="Service",
        options=("nodejs", "python", "other"),
        default="nodejs",
        help="Sets the usual port, environment and health check: NestJS on 3000, FastAPI on 8000, others on 8080.",
    )
    cpu = Sized(
        "CPU units per task",
        group=_SIZE,
        options=tuple(CPU),
        sizes={"dev": 256, "test": 256, "qa": 512, "staging": 512, "prod": 1024, "dr": 1024},
        help="1024 units are one vCPU. Auto takes 256 in dev and test, 512 in qa and staging, 1024 in prod and dr.",
    )
    memory = Sized(
        "Memory per task (MiB)",
        group=_SIZE,
        options=MEMORY,
        sizes={"dev": 512, "test": 512, "qa": 1024, "staging": 1024, "prod": 2048, "dr": 2048},
        help="Which memory goes with which CPU is Fargate's choice. Auto takes the double of what auto takes for CPU.",
    )
    architecture = Choice(
        "Processor",
        group=_SIZE,
        options=("X86_64", "ARM64"),
        default="X86_64",
        help="What the image was built for; ARM64 costs less.",
    )
    scratch_mib = Number(
        "Scratch space (MiB)",
        group=_SIZE,
        low=16,
        high=8192,
        default=64,
        help="Size of /tmp, the only place the container may write to. It is taken from the task's memory.",
    )
    variable_1 = _variable(1)
    variable_2 = _variable(2)
    variable_3 = _variable(3)
    variable_4 = _variable(4)
    environment_file = Text(
        "Environment file",
        group=_CONFIGURATION,
        default="",
        pattern=r"(arn:[a-z-]+:s3:::[a-z0-9.-]+/[A-Za-z0-9/!_.'()-]+\.env)?",
        constraint="Empty, or the ARN of an S3 object whose name ends in .env",
        help="ARN of an S3 object with one NAME=value a line, read when a task starts.",
    )
    secret_1 = _secret(1)
    secret_2 = _secret(2)
    secret_3 = _secret(3)
    secret_4 = _secret(4)
    secret_5 = _secret(5)
    task_policy_arn = Text(
        "Permissions policy",
        group=_CONFIGURATION,
        default="",
        pattern=r"(arn:[a-z-]+:iam::(\d{12}|aws):policy/(?!.*(Administrator|PowerUser|FullAccess)).+)?",
        constraint="Empty, or the ARN of a managed policy that grants no full access.",
        help="ARN of the managed policy with what the application itself may do in AWS; empty for nothing.",
    )
    shell_access = Sized(
        "Shell access",
        group=_OPERATIONS,
        options=("true", "false"),
        sizes={"dev": "true", "test": "true", "qa": "true", "staging": "true", "prod": "false", "dr": "false"},
        help="Whether people may open a shell in a container (ECS Exec), recorded in a log; auto: not in prod and dr.",
    )
    tracing = Flag(
        "Tracing",
        group=_OPERATIONS,
        help="Runs the AWS OpenTelemetry collector beside the container; traces go to X-Ray.",
    )
    collector_image = Text(
        "Collector image",
        group=_OPERATIONS,
        default="public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0",
        pattern=_IMAGE,
        constraint=_IMAGE_TEXT,
        help="Image of the collector for tracing.",
    )
    stop_seconds = Number(
        "Stop timeout (seconds)",
        group=_OPERATIONS,
        low=2,
        high=120,
        default=30,
        help="How long a container may take to finish its work before it is killed.",
    )
    error_pattern = Text(
        "Error pattern",
        group=_OPERATIONS,
        default=r'?ERROR ?Error ?FATAL ?CRITICAL ?"\"level\":\"error\"" ?"\"level\":50" ?"\"level\":60"',
        min_length=1,
        max_length=1024,
        help="CloudWatch Logs filter pattern of lines that count as errors.",
    )
    runbook_url = Text(
        "Runbook",
        group=_OPERATIONS,
        default="",
        pattern=r"(https?://\S+)?",
        constraint="Empty, or a web address.",
        help="Web address of what to do when an alarm rings; every alarm of the service names it.",
    )
    log_retention = retention_days()

    key_arn = Requires(contract.KEY_ARN)
    critical_topic = Requires(contract.CRITICAL_TOPIC_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)
    vpc_id = Requires(contract.VPC_ID)
    vpc_cidr = Requires(contract.VPC_CIDR)
    private_subnets = Requires(contract.PRIVATE_SUBNETS)
    cluster_name = Requires(contract.CLUSTER_NAME)
    exec_log_group = Requires(contract.EXEC_LOG_GROUP)
    service_group = Requires(contract.SERVICE_SECURITY_GROUP)


class ServiceWiring:
    """What containers that run all the time get from the cluster besides."""

    namespace_arn = Requires(contract.NAMESPACE_ARN)


class BalancerWiring:
    """What services behind the load balancer get from the cluster besides.

    Wiring stands in classes of its own so that the form shows it after all that a person should read.
    """

    listener_arn = Requires(contract.LISTENER_ARN)
    priority_function = Requires(contract.PRIORITY_FUNCTION_ARN)
    balancer_group = Requires(contract.BALANCER_SECURITY_GROUP)
    balancer_full_name = Requires(contract.BALANCER_FULL_NAME)
    balancer_dns_name = Requires(contract.BALANCER_DNS_NAME)


class ServiceQuestions(ContainerQuestions, ServiceWiring):
    """What is further asked about containers that run all the time."""

    min_tasks = Sized(
        "Fewest tasks",
        group=_SCALING,
        options=TASK_COUNTS,
        sizes={"dev": 1, "test": 1, "qa": 1, "staging": 2, "prod": 3, "dr": 1},
        help="Auto takes 3 in prod, 2 in staging and 1 elsewhere.",
    )
    max_tasks = Sized(
        "Most tasks",
        group=_SCALING,
        options=TASK_COUNTS,
        sizes={"dev": 2, "test": 2, "qa": 2, "staging": 4, "prod": 10, "dr": 10},
        help="Auto takes 10 in prod and dr, 4 in staging and 2 elsewhere.",
    )
    cpu_target = Number(
        "CPU target (%)",
        group=_SCALING,
        low=10,
        high=90,
        default=70,
        help="Average CPU use that tasks are added and removed for.",
    )
    memory_target = Number(
        "Memory target (%)",
        group=_SCALING,
        low=10,
        high=90,
        default=75,
        help="Average memory use that tasks are added and removed for.",
    )
    spot_percent = Sized(
        "Spot share (%)",
        group=_SCALING,
        options=(0, 25, 50, 75, 100),
        sizes={"dev": 100, "test": 100, "qa": 50, "staging": 50, "prod": 0, "dr": 0},
        help="Share of tasks on Fargate Spot: cheaper, but stopped at two minutes' notice. None in prod and dr.",
    )
    night_off = Flag(
        "Off at night",
        group=_SCALING,
        help="Stops all tasks from 20:00 to 08:00 and over the weekend, New York time; not in prod and dr.",
    )


class ServerQuestions(ServiceQuestions):
    """What is further asked about services that answer requests."""

    port = Text(
        "Port",
        group="Service",
        default="auto",
        pattern=rf"auto|{_PORT}",
        constraint="auto, or a port from 1024 to 65535.",
        help="Port that the container listens on, which it finds in PORT; auto: 3000 nodejs, 8000 python, 8080 other.",
    )
    health_path = Text(
        "Health path",
        group="Service",
        default="/health",
        pattern=r"/[A-Za-z0-9_./~%?&=+-]{0,255}",
        constraint="A path that begins with a slash.",
        help="Path that answers with 200 to 299 as long as the service is well.",
    )
    health_command = Text(
        "Container health check",
        group="Service",
        default="auto",
        min_length=1,
        max_length=512,
        help="Auto asks the health path with what the runtime has; none; or a shell command that succeeds when well.",
    )
    health_grace_seconds = Number(
        "Start-up time (seconds)",
        group="Service",
        low=0,
        high=1800,
        default=60,
        help="How long a new task may take before failed health checks count.",
    )
