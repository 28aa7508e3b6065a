"""Scaling by the messages that wait in a queue: so many for each task, and no task at all where none come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import Equals, Ref, Select, Split
from troposphere.applicationautoscaling import (
    ScalableTarget,
    ScalingPolicy,
    StepAdjustment,
    StepScalingPolicyConfiguration,
)
from troposphere.cloudwatch import Alarm

from factory.authoring import Parameter, Stack
from factory.authoring.parameters import AUTO
from products.parts.alarms import Computed, Metric
from products.parts.environment_rules import only_outside_prod
from products.parts.queues import queue_metric
from products.parts.scaling import follow_computed
from products.parts.service_alarms import tasks_metric
from products.parts.task_sizes import COUNTS

SCALES_TO_ZERO = "ScalesToZero"
"""Condition that no task runs while no message comes."""
COUNTS_FROM_ZERO = (*(f"0-{count.partition('-')[2]}" for count in COUNTS if count.startswith("1-")), *COUNTS)
"""How many tasks a service may have that can do without any."""

_IDLE_MINUTES = 15
# CloudWatch may hear of the queue before it hears of the tasks.
_WAKE_MINUTES = 3
_MORE_THAN_EVER_WAIT = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """A queue, by its name, and the tasks that work it off; `service` is theirs, as CloudWatch names it."""

    queue_name: Any
    service: Mapping[str, Any]

    def messages(self, state: str) -> Metric:
        """How many messages are `Visible`, `NotVisible` (received and not deleted yet) or `Delayed`."""
        return queue_metric(self.queue_name, f"ApproximateNumberOfMessages{state}")


def follow_backlog(stack: Stack, target: ScalableTarget, backlog: Backlog, per_task: Any) -> ScalingPolicy:
    """Add and remove tasks so that this many messages wait for each of them.

    Application Auto Scaling User Guide, "Create a target tracking scaling policy using metric math": "SQS queue
    backlog per task". A minute without a running task, or of which CloudWatch does not know yet, counts as none.
    """
    watch = Computed(
        expression="waiting / running",
        operands={"waiting": backlog.messages("Visible"), "running": tasks_metric("Running", backlog.service)},
    )
    return follow_computed(stack, "BacklogScaling", target, watch, per_task)


def scale_to_zero(stack: Stack, target: ScalableTarget, backlog: Backlog, tasks: Parameter) -> None:
    """Stop all tasks when nothing has been to do for a quarter of an hour, and start one when a message waits.

    Target tracking does neither: it needs a metric that says how much zero tasks lack, and of several policies the one
    that wants most tasks wins, which on CPU and memory is always at least one.
    """
    always_on = [AUTO, *COUNTS]
    only_outside_prod(stack, "AlwaysOnInProd", tasks, always_on, "Services of prod and dr keep at least one task.")
    stack.condition(SCALES_TO_ZERO, Equals(Select(0, Split("-", Ref(tasks.name))), "0"))
    states = {
        "waiting": backlog.messages("Visible"),
        "received": backlog.messages("NotVisible"),
        "delayed": backlog.messages("Delayed"),
    }
    desired = tasks_metric("Desired", backlog.service)
    _step(
        stack,
        "Sleep",
        target,
        "ExactCapacity",
        0,
        # At least a half where tasks are wanted and nothing is to do. A minute of which only one of the two is known
        # divides by zero, which makes it none (CloudWatch User Guide, "Basic arithmetic functions").
        Computed(
            expression="desired / ((desired + 1) * (waiting + received + delayed + 1))",
            operands={**states, "desired": desired},
        ),
        from_value=0.5,
        minutes=_IDLE_MINUTES,
    )
    _step(
        stack,
        "Wake",
        target,
        # Of tasks that CloudWatch has not heard of yet none is stopped.
        "ChangeInCapacity",
        1,
        # Between two series the one without a value counts as 0, as the service's does when it has no task.
        Computed(
            expression=f"waiting > {_MORE_THAN_EVER_WAIT} * desired",
            operands={"waiting": states["waiting"], "desired": desired},
        ),
        from_value=1,
        minutes=_WAKE_MINUTES,
    )


def _step(
    stack: Stack,
    title: str,
    target: ScalableTarget,
    adjustment: str,
    tasks: int,
    when: Computed,
    *,
    from_value: float,
    minutes: int,
) -> None:
    """Adjust the number of tasks when an expression has been at least a value for some minutes."""
    policy = stack.add(
        ScalingPolicy(
            f"{title}Scaling",
            PolicyName=f"{title}Scaling",
            PolicyType="StepScaling",
            ScalingTargetId=target.ref(),
            StepScalingPolicyConfiguration=StepScalingPolicyConfiguration(
                AdjustmentType=adjustment,
                StepAdjustments=[StepAdjustment(MetricIntervalLowerBound=0, ScalingAdjustment=tasks)],
                MetricAggregationType="Maximum",
            ),
            Condition=SCALES_TO_ZERO,
        )
    )
    says = f"Adds {tasks} task" if adjustment == "ChangeInCapacity" else f"Sets the number of tasks to {tasks}"
    stack.add(
        Alarm(
            f"{title}Alarm",
            AlarmDescription=f"{says}; asks for nothing.",
            Threshold=from_value,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            EvaluationPeriods=minutes,
            DatapointsToAlarm=minutes,
            TreatMissingData="notBreaching",
            AlarmActions=[policy.ref()],
            Condition=SCALES_TO_ZERO,
            **when.watched(),
        )
    )
