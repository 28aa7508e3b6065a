"""The product `scheduled-job`: a container that runs by the clock, and ends."""

from __future__ import annotations

from awacs import states
from troposphere import And, Condition, If, Not, Sub
from troposphere.cloudwatch import Alarm, MetricDimension
from troposphere.scheduler import FlexibleTimeWindow
from troposphere.sqs import Queue
from troposphere.stepfunctions import StateMachine

from factory.authoring import Product, Stack
from factory.authoring.policy import allow
from products.parts import contract, placeholder
from products.parts.alarms import Metric, alarm
from products.parts.job_questions import JobQuestions
from products.parts.job_runs import JOB, SCHEDULED_TIME, job_runs
from products.parts.queues import any_message_alarm, queue
from products.parts.schedules import schedule
from products.parts.service_alarms import log_alarm, says
from products.parts.service_dashboard import dashboard, graph, latest_errors
from products.parts.services import task_security_group
from products.parts.tasks import Container, container

_ENABLED = "RunsByItself"
# The longest that the container gets to end by itself, since what a job leaves half done somebody has to clean up.
_STOP_SECONDS = 120
_HOUR_SECONDS = 3600
# The most that EventBridge Scheduler admits: the latest start ends the tries before.
_START_RETRIES = 185
_STATES = "AWS/States"


class ScheduledJob(JobQuestions, Product):
    """A container that runs by the clock and ends: tried again when it fails, stopped when it takes too long, watched.

    Launch it after the cluster. The container finds in SCHEDULED_TIME for when the run is, and fails by an exit code
    other than 0. To run it at once, start an execution of its workflow. It begins with a placeholder image, which does
    nothing and ends well.
    """

    name = "scheduled-job"
    version = "1.1.0"

    # What a team decides; all else has a default that fits most.
    service_name = JobQuestions.service_name
    image = JobQuestions.image
    runtime = JobQuestions.runtime
    schedule = JobQuestions.schedule
    time_zone = JobQuestions.time_zone
    size = JobQuestions.size
    timeout_seconds = JobQuestions.timeout_seconds
    overdue_hours = JobQuestions.overdue_hours

    def build(self, stack: Stack) -> None:
        stack.condition(_ENABLED, JobQuestions.enabled.equals("true"))
        made = container(stack, self, stand_in=placeholder.ENDS, stop_seconds=_STOP_SECONDS, family=Sub(JOB))
        runs = job_runs(stack, self, made, task_security_group(stack, self))
        not_started = queue(stack, "NotStarted", key=self.key_arn)
        self._schedule(stack, runs, not_started)
        self._alarms(stack, made, runs, not_started)
        self._dashboard(stack, made, runs, not_started)
        stack.provide(contract.JOB_STATE_MACHINE_ARN, runs.ref(), provider=JobQuestions.service_name)

    def _schedule(self, stack: Stack, runs: StateMachine, not_started: Queue) -> None:
        at_once = stack.condition("StartsAtOnce", JobQuestions.window_minutes.equals(0))
        schedule(
            stack,
            "Times",
            allow("StartRun", [states.StartExecution], runs.get_att("Arn")),
            runs.get_att("Arn"),
            expression=self.schedule,
            time_zone=self.time_zone,
            state=If(_ENABLED, "ENABLED", "DISABLED"),
            key=self.key_arn,
            failures=not_started,
            window=If(
                at_once,
                FlexibleTimeWindow(Mode="OFF"),
                FlexibleTimeWindow(Mode="FLEXIBLE", MaximumWindowInMinutes=self.window_minutes),
            ),
            retries=_START_RETRIES,
            age_seconds=self.latest_start_seconds,
            Input=SCHEDULED_TIME,
        )

    def _alarms(self, stack: Stack, made: Container, runs: StateMachine, not_started: Queue) -> None:
        log_alarm(stack, self, made.logs)
        alarm(
            stack,
            "RunFailed",
            says(stack, self, "a run failed in its last attempt, or took too long."),
            Metric(
                namespace=_STATES,
                name="ExecutionsFailed",
                statistic="Sum",
                dimensions={"StateMachineArn": runs.ref()},
            ),
            above=0,
            topic=self.critical_topic,
        )
        any_message_alarm(
            stack,
            "RunNotStarted",
            says(stack, self, "a run could not be started; the dead-letter queue of its schedule says why."),
            not_started,
            topic=self.critical_topic,
        )
        self._overdue(stack, runs)

    def _overdue(self, stack: Stack, runs: StateMachine) -> None:
        """Hours without a success may be hours without data, so that the lack of data is told, too.

        Nothing is told of a job that has never succeeded: that is the state in which an alarm begins.
        """
        watched = stack.condition("IsWatched", And(Condition(_ENABLED), Not(JobQuestions.overdue_hours.equals(0))))
        stack.add(
            Alarm(
                "Overdue",
                AlarmDescription=says(stack, self, "no run has succeeded for ${OverdueHours} hours."),
                Namespace=_STATES,
                MetricName="ExecutionsSucceeded",
                Dimensions=[MetricDimension(Name="StateMachineArn", Value=runs.ref())],
                Statistic="Sum",
                Period=_HOUR_SECONDS,
                EvaluationPeriods=self.overdue_hours,
                Threshold=1,
                ComparisonOperator="LessThanThreshold",
                TreatMissingData="missing",
                AlarmActions=[self.critical_topic],
                InsufficientDataActions=[self.critical_topic],
                OKActions=[self.critical_topic],
                Condition=watched,
            )
        )

    def _dashboard(self, stack: Stack, made: Container, runs: StateMachine, not_started: Queue) -> None:
        own = ("StateMachineArn", "${Runs}")
        insights = ("ClusterName", "${Cluster}", "TaskDefinitionFamily", "${Family}")
        graphs = [
            graph(
                "Runs",
                *([_STATES, f"Executions{end}", *own] for end in ("Started", "Succeeded", "Failed", "Aborted")),
                statistic="Sum",
            ),
            graph("Duration of runs (ms)", [_STATES, "ExecutionTime", *own], statistic="Maximum"),
            graph(
                "Runs that could not be started",
                ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${NotStarted}"],
                statistic="Maximum",
            ),
            graph(
                "CPU (units)",
                ["ECS/ContainerInsights", "CpuUtilized", *insights],
                ["ECS/ContainerInsights", "CpuReserved", *insights],
            ),
            graph(
                "Memory (MiB)",
                ["ECS/ContainerInsights", "MemoryUtilized", *insights],
                ["ECS/ContainerInsights", "MemoryReserved", *insights],
            ),
        ]
        variables = {
            "Cluster": self.cluster_name,
            "Family": Sub(JOB),
            "Logs": made.logs.ref(),
            "NotStarted": not_started.get_att("QueueName"),
            "Runs": runs.ref(),
        }
        name = stack.name("job", "${Instance}-${ServiceName}-${AWS::Region}")
        dashboard(stack, name, graphs, latest_errors(), variables)
