"""The questions that the products share which run containers: written once, inherited by each of them."""

from __future__ import annotations

from factory.authoring import Choice, Flag, Requires, Sized, Text
from products.parts import contract, placeholder
from products.parts.kafka import kafka_question
from products.parts.log_router import destination_question
from products.parts.logs import retention_days
from products.parts.permission_questions import policy_question
from products.parts.secrets import named_secrets_question
from products.parts.task_sizes import SIZES

VARIABLES = 20
"""How many environment variables the form takes."""

SERVICE = "Service"
CONTAINER = "Container"
NETWORK = "Network"
OPERATIONS = "Operations"
_CONFIGURATION = "Configuration"
# How the names of secrets end.
_OF_SECRETS = r"(password|passwd|pwd|passphrase|secret|token|credentials?|(access|api|auth|private|secret)_?key(_id)?)"
_VARIABLE = rf"(?!\w*{_OF_SECRETS}=)[A-Z_][A-Z0-9_]*=[^=;]*"


class ContainerWiring:
    """What every container gets from other products.

    Wiring stands in classes of its own so that the form shows it after all that a person should read.
    """

    key_arn = Requires(contract.KEY_ARN)
    critical_topic = Requires(contract.CRITICAL_TOPIC_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)
    vpc_id = Requires(contract.VPC_ID)
    vpc_cidr = Requires(contract.VPC_CIDR)
    private_subnets = Requires(contract.PRIVATE_SUBNETS)
    cluster_name = Requires(contract.CLUSTER_NAME)
    service_group = Requires(contract.SERVICE_SECURITY_GROUP)


class ContainerQuestions(ContainerWiring):
    """What is asked about every container: which one, how big, with what in its environment."""

    service_name = Text(
        "Service name",
        group=SERVICE,
        default="app",
        pattern=r"[a-z][a-z0-9-]{1,29}",
        constraint="2 to 30 lower-case letters, digits and hyphens, starting with a letter.",
        help="Unique among the services of the environment; others find the service by it.",
    )
    image = Text(
        "Image",
        group=SERVICE,
        default=placeholder.IMAGE,
        max_length=512,
        # No wildcard, since the role that pulls the image may do so from the repository that is named here.
        pattern=r"[A-Za-z0-9][A-Za-z0-9._/:@+-]+",
        constraint="An image with tag or digest, such as 111122223333.dkr.ecr.us-east-1.amazonaws.com/orders:1.4.0",
        help="Container image. The default stands in until the first image of the service's own is there.",
    )
    runtime = Choice(
        "Runtime",
        group=SERVICE,
        options=("nodejs", "python", "other"),
        default="nodejs",
        help="Sets the usual port, environment and health check: NestJS on 3000, FastAPI on 8000, others on 8080.",
    )
    size = Sized(
        "Size",
        group=SERVICE,
        options=SIZES,
        sizes={
            "dev": "256/512",
            "test": "256/512",
            "qa": "512/1024",
            "staging": "512/1024",
            "prod": "1024/2048",
            "dr": "1024/2048",
        },
        help="CPU units and MiB of memory of each task; 1024 units are one vCPU. Auto takes 256/512 in dev and test, "
        "512/1024 in qa and staging, 1024/2048 in prod and dr.",
    )
    architecture = Choice(
        "Processor",
        group=CONTAINER,
        options=("X86_64", "ARM64"),
        default="X86_64",
        help="What the image was built for; ARM64 costs less.",
    )
    variables = Text(
        "Variables",
        group=_CONFIGURATION,
        default="",
        pattern=rf"(?i)({_VARIABLE}(;{_VARIABLE}){{0,{VARIABLES - 1}}})?",
        constraint=f"Empty, or up to {VARIABLES} of NAME=value, joined by semicolons; a value holds no further equals "
        "sign. What is named PASSWORD, SECRET, TOKEN, KEY or the like belongs under Secrets.",
        help="Environment variables as NAME=value, joined by semicolons. Not for secrets.",
    )
    secrets = named_secrets_question(_CONFIGURATION)
    policy_arn = policy_question(_CONFIGURATION)
    kafka = kafka_question(NETWORK)
    shell_access = Sized(
        "Shell access",
        group=OPERATIONS,
        options=("true", "false"),
        sizes={"dev": "true", "test": "true", "qa": "true", "staging": "true", "prod": "false", "dr": "false"},
        help="Whether people may open a shell in a container (ECS Exec), recorded in a log; auto: not in prod and dr.",
    )
    tracing = Flag(
        "Tracing",
        group=OPERATIONS,
        help="Runs the AWS OpenTelemetry collector beside the container; traces go to X-Ray.",
    )
    runbook_url = Text(
        "Runbook",
        group=OPERATIONS,
        default="",
        pattern=r"(https?://\S+)?",
        constraint="Empty, or a web address.",
        help="Web address of what to do when an alarm rings; every alarm of the service names it.",
    )
    log_destination = destination_question(OPERATIONS)
    log_retention = retention_days()
