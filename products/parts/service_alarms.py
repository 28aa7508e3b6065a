"""The alarms that every service has, each of which names the service and its runbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import If, Not, Sub
from troposphere.ecs import Service
from troposphere.logs import LogGroup, MetricFilter, MetricTransformation

from factory.authoring import Stack
from products.parts.alarms import Computed, Metric, alarm
from products.parts.container_questions import ContainerQuestions
from products.parts.log_router import LOGS_LEAVE, LOGS_STAY
from products.parts.scaling import fewest
from products.parts.service_questions import ServiceQuestions
from products.parts.services import of_service

_INSIGHTS = "ECS/ContainerInsights"
_HAS_RUNBOOK = "HasRunbook"
# Plain words, and the levels of the usual JSON loggers (pino counts 50 as error and 60 as fatal).
_LOOKS_LIKE_ERROR = r'?ERROR ?Error ?FATAL ?CRITICAL ?"\"level\":\"error\"" ?"\"level\":50" ?"\"level\":60"'
# Fluent Bit says the one of what it tries no more, its output to S3 the other.
_LOOKS_LOST = '?"cannot be retried" ?"will not retry"'


def says(stack: Stack, questions: ContainerQuestions, text: str) -> Sub:
    """An alarm's description: whose it is, what happened, and where it stands what to do."""
    if _HAS_RUNBOOK not in stack.template.conditions:
        stack.condition(_HAS_RUNBOOK, Not(ContainerQuestions.runbook_url.equals("")))
    runbook = If(_HAS_RUNBOOK, questions.runbook_url, "none given")
    return Sub(f"${{ServiceName}}: {text} Runbook: ${{Runbook}}", Runbook=runbook)


def log_alarm(stack: Stack, questions: ContainerQuestions, log_group: LogGroup) -> If:
    """The name of the alarm on what is logged: more than 10 lines a minute that look like errors.

    Where a router sends the lines elsewhere, it could never ring. What rings then is that lines got lost on their way;
    of errors tells what counts them where they go.
    """
    errors = alarm(
        stack,
        "ErrorsLogged",
        says(stack, questions, "more than 10 error lines a minute in the log."),
        _lines(stack, "ErrorLines", log_group, _LOOKS_LIKE_ERROR, "errors", condition=LOGS_STAY),
        above=10,
        topic=questions.warning_topic,
        condition=LOGS_STAY,
    )
    lost = alarm(
        stack,
        "LogLinesLost",
        says(stack, questions, "the log router has given up on log lines; what it says itself is in the log group."),
        _lines(stack, "LostLines", log_group, _LOOKS_LOST, "lost-lines", condition=LOGS_LEAVE),
        above=0,
        topic=questions.warning_topic,
        condition=LOGS_LEAVE,
    )
    return If(LOGS_STAY, errors.ref(), lost.ref())


def _lines(stack: Stack, title: str, log_group: LogGroup, pattern: str, name: str, *, condition: str) -> Metric:
    """How many lines of a log group match a pattern."""
    # A product of another kind may have a service of the same name.
    namespace = Sub(f"${{Project}}/${{Environment}}/${{Instance}}/{stack.tags()['Product']}")
    named = Sub(f"${{ServiceName}}-{name}")
    counted = MetricTransformation(MetricNamespace=namespace, MetricName=named, MetricValue="1", DefaultValue=0)
    stack.add(
        MetricFilter(
            title,
            LogGroupName=log_group.ref(),
            FilterPattern=pattern,
            MetricTransformations=[counted],
            Condition=condition,
        )
    )
    return Metric(namespace=namespace, name=named, statistic="Sum")


def tasks_metric(state: str, service: Mapping[str, Any]) -> Metric:
    """How many tasks are `Desired`, `Pending` or `Running`; `service` is theirs, as CloudWatch names it."""
    return Metric(namespace=_INSIGHTS, name=f"{state}TaskCount", statistic="Average", dimensions=service)


def service_alarms(stack: Stack, questions: ServiceQuestions, service: Service) -> None:
    """CPU, memory, and tasks that should run but don't."""
    own = of_service(questions, service)
    for title, name, limit in (("CpuHigh", "CPUUtilization", 80), ("MemoryHigh", "MemoryUtilization", 85)):
        alarm(
            stack,
            title,
            says(stack, questions, f"{name.removesuffix('Utilization')} use above {limit} % for five minutes."),
            Metric(namespace="AWS/ECS", name=name, statistic="Average", dimensions=own),
            above=limit,
            minutes=5,
            topic=questions.warning_topic,
        )
    # At night the wanted count may be below the minimum, and nothing is wrong then.
    expected: Any = Sub("IF(desired < ${Least}, desired, ${Least}) - running", Least=fewest(questions))
    operands = {
        "desired": tasks_metric("Desired", own),
        "running": tasks_metric("Running", own),
    }
    alarm(
        stack,
        "TooFewTasks",
        says(stack, questions, "fewer tasks run than the minimum, for five minutes."),
        Computed(expression=expected, operands=operands),
        above=0,
        minutes=5,
        topic=questions.critical_topic,
    )
