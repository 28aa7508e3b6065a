"""Containers that answer requests: the port they listen on and how they are asked whether they are well."""

from __future__ import annotations

from typing import Any

from troposphere import If, NoValue
from troposphere.ecs import HealthCheck

from factory.authoring import Stack
from products.parts.container_questions import ServerQuestions
from products.parts.tasks import PLACEHOLDER

# Each asks the health path on the container's own port with nothing but what its runtime brings along.
_NODEJS = (
    "fetch('http://127.0.0.1:'+process.env.PORT+process.env.HEALTH_PATH)"
    ".then(answer=>process.exit(answer.ok?0:1),()=>process.exit(1))"
)
_PYTHON = "import os,urllib.request as r;r.urlopen('http://127.0.0.1:'+os.environ['PORT']+os.environ['HEALTH_PATH'],timeout=4)"
_SHELL = 'wget -q -O /dev/null "http://127.0.0.1:$PORT$HEALTH_PATH"'


def listening_port(stack: Stack, questions: ServerQuestions) -> Any:
    """The port of the container: given, or the usual one of the runtime."""
    stack.condition("PortIsAuto", ServerQuestions.port.equals("auto"))
    usual = If("RunsPython", "8000", If("RunsNodejs", "3000", "8080"))
    return If("PortIsAuto", usual, questions.port)


def variables(questions: ServerQuestions, port: Any) -> dict[str, Any]:
    """What the container is told about itself."""
    return {"PORT": port, "HEALTH_PATH": questions.health_path}


def health_check(stack: Stack, questions: ServerQuestions) -> Any:
    """How ECS asks the container whether it is well."""
    stack.condition("HealthIsAuto", ServerQuestions.health_command.equals("auto"))
    stack.condition("HealthIsUnasked", ServerQuestions.health_command.equals("none"))
    # Whatever the command for the service's own image is, the placeholder's image may not have it.
    own = If(
        "HealthIsAuto",
        If(
            "RunsNodejs",
            _check("CMD", "node", "-e", _NODEJS),
            If("RunsPython", _check("CMD", "python", "-c", _PYTHON), _check("CMD-SHELL", _SHELL)),
        ),
        _check("CMD-SHELL", questions.health_command),
    )
    return If(PLACEHOLDER, _check("CMD-SHELL", _SHELL), If("HealthIsUnasked", NoValue, own))


def _check(*command: Any) -> HealthCheck:
    return HealthCheck(Command=list(command), Interval=15, Timeout=5, Retries=3, StartPeriod=30)
