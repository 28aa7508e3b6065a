"""Containers that answer requests: the port they listen on and how they are asked whether they are well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from troposphere import If, NoValue
from troposphere.ecs import HealthCheck, PortMapping

from factory.authoring import Parameter, Stack
from products.parts import placeholder
from products.parts.answers import word
from products.parts.log_router import router_port_rule
from products.parts.service_questions import HEALTH_DEFAULTS, ServerQuestions
from products.parts.tasks import PLACEHOLDER, Container, container

PORT_NAME = "main"
"""Name of the port that a server serves on, by which Service Connect knows it."""
SPEAKS_GRPC = "SpeaksGrpc"
"""Condition that the container speaks gRPC."""
SPEAKS_HTTP = "SpeaksHttp"
"""Condition that the container speaks HTTP/1.1."""

_CODES = "200-299"
_STATUSES = "0"
# Each asks with nothing but what its runtime brings along, which speaks HTTP/1.1 alone: the health path, or else
# whether somebody listens on the port.
_NODEJS = If(
    SPEAKS_HTTP,
    "fetch('http://127.0.0.1:'+process.env.PORT+process.env.HEALTH_PATH)"
    ".then(answer=>process.exit(answer.ok?0:1),()=>process.exit(1))",
    "require('net').connect(process.env.PORT,'127.0.0.1')"
    ".on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))",
)
_PYTHON = If(
    SPEAKS_HTTP,
    "import os,urllib.request as r;r.urlopen('http://127.0.0.1:'+os.environ['PORT']+os.environ['HEALTH_PATH'],timeout=4)",
    "import os,socket as s;s.create_connection(('127.0.0.1',os.environ['PORT']),4)",
)
_SHELL = If(SPEAKS_HTTP, 'wget -q -O /dev/null "http://127.0.0.1:$PORT$HEALTH_PATH"', 'nc -z 127.0.0.1 "$PORT"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a server is asked whether it is well. A load balancer accepts these `codes` of HTTP, `statuses` of gRPC."""

    path: Any
    codes: Any = None
    statuses: Any = None
    interval_seconds: Any
    start_seconds: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A container with the port that it answers on."""

    container: Container
    port: Any
    health: Health


def server(stack: Stack, questions: ServerQuestions, *, balanced: bool) -> Server:
    """The container of a service that answers requests; `balanced` where a load balancer asks for its health, too."""
    stack.condition(SPEAKS_GRPC, ServerQuestions.protocol.equals("grpc"))
    stack.condition(SPEAKS_HTTP, ServerQuestions.protocol.equals("http"))
    stack.condition("PortIsAuto", ServerQuestions.port.equals("auto"))
    router_port_rule(stack, ServerQuestions.log_destination, ServerQuestions.port)
    usual = If("RunsPython", "8000", If("RunsNodejs", "3000", "8080"))
    port = If("PortIsAuto", usual, questions.port)
    health = _health(type(questions).health_check, balanced=balanced)
    made = container(
        stack,
        questions,
        port=PortMapping(ContainerPort=port, Name=PORT_NAME, AppProtocol=questions.protocol, Protocol="tcp"),
        variables={"PORT": port, "PROTOCOL": questions.protocol, "HEALTH_PATH": health.path},
        health_check=_health_check(stack, questions, health, balanced=balanced),
        stand_in=placeholder.ANSWERS,
    )
    return Server(container=made, port=port, health=health)


def _health(question: Parameter, *, balanced: bool) -> Health:
    if not balanced:
        path, interval, start = (word(question, index, *HEALTH_DEFAULTS) for index in range(3))
        return Health(path=path, interval_seconds=interval, start_seconds=start)
    path, codes, interval, start = (word(question, index, _CODES, *HEALTH_DEFAULTS) for index in range(4))
    statuses = word(question, 1, _STATUSES, *HEALTH_DEFAULTS)
    return Health(path=path, codes=codes, statuses=statuses, interval_seconds=interval, start_seconds=start)


def _health_check(stack: Stack, questions: ServerQuestions, health: Health, *, balanced: bool) -> If:
    """How ECS asks the container whether it is well; where a load balancer asks it, too, it may be left out."""
    stack.condition("HealthIsAuto", ServerQuestions.health_command.equals("auto"))

    def check(*command: Any) -> HealthCheck:
        return HealthCheck(
            Command=list(command),
            Interval=health.interval_seconds,
            Timeout=5,
            Retries=3,
            StartPeriod=health.start_seconds,
        )

    by_runtime = If(
        "RunsNodejs",
        check("CMD", "node", "-e", _NODEJS),
        If("RunsPython", check("CMD", "python", "-c", _PYTHON), check("CMD-SHELL", _SHELL)),
    )
    given: Any = check("CMD-SHELL", questions.health_command)
    if balanced:
        given = If(stack.condition("HealthIsUnasked", ServerQuestions.health_command.equals("none")), NoValue, given)
    # Whatever the command for the service's own image is, the placeholder's image may not have it.
    return If(PLACEHOLDER, check("CMD-SHELL", _SHELL), If("HealthIsAuto", by_runtime, given))
