"""What is asked about a function: its code, its size, what calls it, and what it may reach."""

from __future__ import annotations

from factory.authoring import Choice, Flag, Number, Requires, Sized, Text
from products.parts import contract
from products.parts.logs import retention_days
from products.parts.permission_questions import policy_question
from products.parts.schedules import RATE_OR_CRON
from products.parts.secrets import secrets_question

CONCURRENCY = (1, 2, 5, 10, 20, 30, 50, 100, 200, 500, 900)
"""How many executions can be reserved: an account has 1,000 unless AWS raised that, and keeps 100 for the rest."""

_CODE = "Code"
_CONFIGURATION = "Configuration"
_NETWORK = "Network"
_OPERATIONS = "Operations"
_SIZE = "Size"
_SOURCES = "Sources"


class FunctionQuestions:
    """The form of a function, as far as it is about the function itself."""

    function_name = Text(
        "Function name",
        group=_CODE,
        default="main",
        pattern=r"[a-z][a-z0-9-]{1,29}",
        constraint="2 to 30 lower-case letters, digits and hyphens, starting with a letter.",
        help="Unique among the functions of the environment; others find the function by it.",
    )
    code_bucket = Text(
        "Code bucket",
        group=_CODE,
        default="",
        pattern=r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?",
        constraint="Empty, or the name of a bucket.",
        help="Bucket of this account and region with the zip of the code. Without it, the function says that it waits.",
    )
    code_key = Text(
        "Code key",
        group=_CODE,
        default="",
        pattern=r"([A-Za-z0-9_.!/-]{1,100})?",
        constraint="Empty, or 1 to 100 letters, digits and _.!/-",
        help="Key of the zip in the bucket. A new deployment has a new key, such as orders/1.4.0.zip.",
    )
    image_uri = Text(
        "Image",
        group=_CODE,
        default="",
        pattern=r"(\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[a-z0-9/_.-]{2,80}(:[A-Za-z0-9_.-]{1,60}|@sha256:[0-9a-f]{64}))?",
        constraint="Empty, or an image of ECR with its tag or digest.",
        help="Image of ECR in this region in place of a zip, with a tag or a digest.",
    )
    runtime = Choice(
        "Runtime",
        group=_CODE,
        options=("python3.13", "python3.12", "nodejs22.x"),
        default="python3.13",
        help="Of a zip; an image brings its own.",
    )
    handler = Text(
        "Handler",
        group=_CODE,
        default="index.handler",
        pattern=r"[A-Za-z0-9_./-]{1,128}",
        constraint="1 to 128 letters, digits and _./-",
        help="File and function of a zip that take the events.",
    )
    architecture = Choice(
        "Processor",
        group=_CODE,
        options=("arm64", "x86_64"),
        default="arm64",
        help="What the code was built for; arm64 costs less.",
    )
    memory_mib = Number(
        "Memory (MiB)", group=_SIZE, low=128, high=10_240, default=256, help="CPU grows with it: 1769 MiB are one vCPU."
    )
    timeout_seconds = Number(
        "Timeout (seconds)", group=_SIZE, low=1, high=900, default=30, help="How long one execution may take at most."
    )
    reserved = Sized(
        "Reserved concurrency",
        group=_SIZE,
        options=CONCURRENCY,
        sizes={"dev": 10, "test": 10, "qa": 10, "staging": 20, "prod": 100, "dr": 100},
        help="Executions at once that are this function's, and all that it gets. All functions of an account share 900 "
        "unless AWS raised its quota; auto takes 100 in prod and dr, 20 in staging, 10 elsewhere.",
    )
    provisioned = Choice(
        "Provisioned concurrency",
        group=_SIZE,
        options=("0", *map(str, CONCURRENCY)),
        default="0",
        help="Executions that are kept warm, at a price for every hour. Settings and secrets that change then reach "
        "callers with the next code.",
    )
    schedule = Text(
        "Schedule",
        group=_SOURCES,
        default="",
        pattern=rf"({RATE_OR_CRON})?",
        constraint="Empty, rate(5 minutes), or cron(0 8 * * ? *) with six fields.",
        help="When the function is called by itself.",
    )
    time_zone = Text(
        "Time zone",
        group=_SOURCES,
        default="UTC",
        pattern=r"[A-Za-z0-9_+/-]{2,50}",
        constraint="A name of the time zone database, such as America/New_York.",
        help="Time zone of the schedule.",
    )
    source_queue = Text(
        "Queue",
        group=_SOURCES,
        default="",
        pattern=r"([a-z][a-z0-9-]{1,19})?",
        constraint="Empty, or the name of a queue.",
        help="Queue of this environment whose messages the function handles, by the name that it was launched with.",
    )
    source_bucket = Text(
        "Bucket",
        group=_SOURCES,
        default="",
        pattern=r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?",
        constraint="Empty, or the name of a bucket.",
        help="Bucket that sends events to EventBridge; the function is called for every new object.",
    )
    source_stream = Text(
        "Table stream",
        group=_SOURCES,
        default="",
        pattern=r"(arn:[a-z-]+:dynamodb:[a-z0-9-]+:\d{12}:table/[A-Za-z0-9_.-]+/stream/[0-9T:.-]+)?",
        constraint="Empty, or the ARN of the stream of a DynamoDB table.",
        help="ARN of the stream of a table under the environment's key; the function is called for every change.",
    )
    settings = Text(
        "Settings",
        group=_CONFIGURATION,
        default="",
        max_length=2048,
        pattern=r"(\{[\s\S]*\})?",
        constraint="Empty, or a JSON object.",
        help="What the function finds in its environment variable SETTINGS. Not for secrets.",
    )
    secrets = secrets_question(_CONFIGURATION)
    policy_arn = policy_question(_CONFIGURATION)
    in_vpc = Flag(
        "In the VPC",
        group=_NETWORK,
        help="Runs the function in the private subnets of the environment's network, where databases and caches are.",
    )
    error_limit = Number(
        "Errors a minute",
        group=_OPERATIONS,
        low=0,
        high=100_000,
        default=0,
        help="A critical alarm rings above so many failed executions a minute.",
    )
    duration_percent = Number(
        "Duration (% of the timeout)",
        group=_OPERATIONS,
        low=10,
        high=100,
        default=80,
        help="A warning comes when one execution in twenty takes longer, for five minutes.",
    )
    log_retention = retention_days()

    key_arn = Requires(contract.KEY_ARN)
    critical_topic = Requires(contract.CRITICAL_TOPIC_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)
