"""What is further asked about containers that run all the time, and about those that answer requests."""

from __future__ import annotations

from factory.authoring import Choice, Flag, Number, Sized, Text
from products.parts.container_questions import CONTAINER, SERVICE, ContainerQuestions
from products.parts.deployment_questions import DeploymentQuestions
from products.parts.task_sizes import COUNTS

SCALING = "Scaling"

# From 1024, below which a process without privileges may not listen, to 65535.
PORT = r"102[4-9]|10[3-9]\d|1[1-9]\d\d|[2-9]\d{3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]"
_PATH = r"/[A-Za-z0-9_./~%?&=+-]{0,255}"
_INTERVAL = r"([6-9]|[1-9]\d|[12]\d\d|300)"
_START = r"(\d|[1-9]\d|[12]\d\d|300)"
_CODES = r"([2-4]\d\d|\d{1,2})([,-]([2-4]\d\d|\d{1,2})){0,4}"
HEALTH_DEFAULTS = ("15", "60")
"""Seconds between two health checks, and those that a new task may take to start."""


def health_question(*, codes: bool = False) -> Text:
    """How a service is asked whether it is well; `codes` where a load balancer asks, which accepts certain answers."""
    between = f"{_CODES} " if codes else ""
    told = "accepted codes, " if codes else ""
    example = f"/health {'200-399 ' if codes else ''}30 120"
    accepted = "200-299 (gRPC: 0), " if codes else ""
    return Text(
        "Health check",
        group=SERVICE,
        default="/health",
        pattern=rf"{_PATH}( {between}{_INTERVAL} {_START})?",
        constraint=f"A path; or behind it also {told}seconds between checks (6 to 300) and seconds to start (0 to "
        f"300), such as {example}",
        help=f"Path that answers as long as the service is well. Behind it, where the usual {accepted}15 and 60 do not "
        f"fit: {told}seconds between checks, seconds to start; such as {example}",
    )


_ASKS_SERVER = (
    "Auto asks the health check's path with what the runtime has, or whether the port is open where it speaks "
    "HTTP/2 or gRPC"
)


def command_question(auto: str = _ASKS_SERVER, *, may_be_none: bool = False) -> Text:
    """How ECS asks the container itself. `auto` says what it asks by default; `may_be_none` where a load balancer asks,
    too."""
    none = "none; " if may_be_none else ""
    return Text(
        "Container health check",
        group=CONTAINER,
        default="auto",
        max_length=512,
        pattern=r"[!-~][ -~]*" if may_be_none else r"(?!none$)[!-~][ -~]*",
        constraint=f"auto, {'none, ' if may_be_none else ''}or a shell command.",
        help=f"{auto}; {none}or a shell command that succeeds when well.",
    )


class ServiceQuestions(ContainerQuestions):
    """What is further asked about containers that run all the time."""

    tasks = Sized(
        "Tasks",
        group=SERVICE,
        options=COUNTS,
        sizes={"dev": "1-2", "test": "1-2", "qa": "1-2", "staging": "2-4", "prod": "3-10", "dr": "1-10"},
        help="How many tasks run at least and at most. Auto takes 3-10 in prod, 1-10 in dr, 2-4 in staging, else 1-2.",
    )
    use_target = Number(
        "Use target (%)",
        group=SCALING,
        low=10,
        high=90,
        default=70,
        help="Average use of CPU, and of memory, that tasks are added and removed for.",
    )
    spot_percent = Sized(
        "Spot share (%)",
        group=SCALING,
        options=(0, 25, 50, 75, 100),
        sizes={"dev": 100, "test": 100, "qa": 50, "staging": 50, "prod": 0, "dr": 0},
        help="Share of tasks on Fargate Spot: cheaper, but stopped at two minutes' notice. None in prod and dr.",
    )
    night_off = Flag(
        "Off at night",
        group=SCALING,
        help="Stops all tasks from 20:00 to 08:00 and over the weekend, New York time; not in prod and dr.",
    )


class ServerQuestions(DeploymentQuestions, ServiceQuestions):
    """What is further asked about services that answer requests."""

    health_check = health_question()
    port = Text(
        "Port",
        group=CONTAINER,
        default="auto",
        pattern=rf"auto|{PORT}",
        constraint="auto, or a port from 1024 to 65535.",
        help="Port that the container listens on, which it finds in PORT; auto: 3000 nodejs, 8000 python, 8080 other.",
    )
    protocol = Choice(
        "Protocol",
        group=CONTAINER,
        options=("http", "http2", "grpc"),
        default="http",
        help="What the container speaks: HTTP/1.1, HTTP/2 or gRPC, without TLS. Choose it at the first launch.",
    )
    health_command = command_question()
