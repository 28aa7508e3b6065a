"""The alarms that every service has, each of which names the service and its runbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import If, Not, Sub
from troposphere.cloudwatch import Alarm
from troposphere.ecs import Service
from troposphere.logs import LogGroup, MetricFilter, MetricTransformation

from factory.authoring import Stack
from products.parts.alarms import Computed, Metric, alarm
from products.parts.container_questions import ContainerQuestions
from products.parts.scaling import fewest
from products.parts.service_questions import ServiceQuestions
from products.parts.services import of_service

_INSIGHTS = "ECS/ContainerInsights"
_HAS_RUNBOOK = "HasRunbook"
# Plain words, and the levels of the usual JSON loggers (pino counts 50 as error and 60 as fatal).
_LOOKS_LIKE_ERROR = r'?ERROR ?Error ?FATAL ?CRITICAL ?"\"level\":\"error\"" ?"\"level\":50" ?"\"level\":60"'


def says(stack: Stack, questions: ContainerQuestions, text: str) -> Sub:
    """An alarm's description: whose it is, what happened, and where it stands what to do."""
    if _HAS_RUNBOOK not in stack.template.conditions:
        stack.condition(_HAS_RUNBOOK, Not(ContainerQuestions.runbook_url.equals("")))
    runbook = If(_HAS_RUNBOOK, questions.runbook_url, "none given")
    return Sub(f"${{ServiceName}}: {text} Runbook: ${{Runbook}}", Runbook=runbook)


def error_alarm(stack: Stack, questions: ContainerQuestions, log_group: LogGroup) -> Alarm:
    """More than 10 lines a minute that look like errors."""
    # A product of another kind may have a service of the same name.
    namespace = Sub(f"${{Project}}/${{Environment}}/${{Instance}}/{stack.tags()['Product']}")
    name = Sub("${ServiceName}-errors")
    stack.add(
        MetricFilter(
            "ErrorLines",
            LogGroupName=log_group.ref(),
            FilterPattern=_LOOKS_LIKE_ERROR,
            MetricTransformations=[
                MetricTransformation(MetricNamespace=namespace, MetricName=name, MetricValue="1", DefaultValue=0)
            ],
        )
    )
    return alarm(
        stack,
        "ErrorsLogged",
        says(stack, questions, "more than 10 error lines a minute in the log."),
        Metric(namespace=namespace, name=name, statistic="Sum"),
        above=10,
        topic=questions.warning_topic,
    )


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
