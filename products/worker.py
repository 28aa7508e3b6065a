"""The product `worker`: a service that works off a message queue."""

from __future__ import annotations

from typing import Any

from awacs import ecs, kms
from awacs.aws import StringEquals
from troposphere import And, Equals, GetAtt, If, Not, Select, Split, Sub
from troposphere.ecs import HealthCheck, Service

from factory.authoring import Number, Product, Sized, Stack, Text
from factory.authoring.policy import allow
from products.parts import contract, placeholder
from products.parts.alarms import Computed, alarm
from products.parts.answers import item
from products.parts.backlog import COUNTS_FROM_ZERO, Backlog, follow_backlog, scale_to_zero
from products.parts.container_questions import CONTAINER, SERVICE
from products.parts.deployments import rolling
from products.parts.message_queues import MessageQueues, message_queues
from products.parts.queue_questions import QUEUE_NAME, QueueQuestions
from products.parts.queues import RECEIVE, any_message_alarm, queue_metric
from products.parts.roles import grant
from products.parts.scaling import SLEEPS_AT_NIGHT, scalable
from products.parts.service_alarms import log_alarm, says, service_alarms, tasks_metric
from products.parts.service_dashboard import graph, service_dashboard
from products.parts.service_questions import SCALING, ServiceQuestions, command_question
from products.parts.services import fargate_service, of_service, task_security_group
from products.parts.tasks import PLACEHOLDER, Container, container

_OWN = "HasOwnQueue"
_NAMED = "QueueIsNamed"
_HEARTBEAT = "/tmp/heartbeat"  # noqa: S108 - the only place that a container may write to
# Whoever keeps the file young is asked; whoever never made it is well as long as the process runs.
_NODEJS = (
    "const found=require('fs').statSync(process.env.HEARTBEAT_FILE,{throwIfNoEntry:false});"
    "process.exit(found&&Date.now()-found.mtimeMs>1000*process.env.HEARTBEAT_SECONDS?1:0)"
)
_PYTHON = (
    "import os,sys,time;f=os.environ['HEARTBEAT_FILE'];"
    "sys.exit(os.path.exists(f) and time.time()-os.path.getmtime(f)>int(os.environ['HEARTBEAT_SECONDS']))"
)
_SHELL = (
    '[ ! -e "$HEARTBEAT_FILE" ] || [ "$(( $(date +%s) - $(stat -c %Y "$HEARTBEAT_FILE") ))" -le "$HEARTBEAT_SECONDS" ]'
)


class Worker(QueueQuestions, ServiceQuestions, Product):
    """A containerized service that works off a message queue, with as many tasks as there is work for.

    Launch it after the cluster. It has a queue of its own, with a dead-letter queue, or works off one that exists; its
    address is in QUEUE_URL. A task that works for long protects itself by the endpoint of ECS for that
    ($ECS_AGENT_URI/task-protection/v1/state). It begins with a placeholder image, which leaves all messages alone.
    """

    name = "worker"
    version = "1.1.0"

    # What a team decides; all else has a default that fits most.
    service_name = ServiceQuestions.service_name
    image = ServiceQuestions.image
    runtime = ServiceQuestions.runtime
    source_queue = Text(
        "Queue",
        group=SERVICE,
        default="",
        pattern=rf"({QUEUE_NAME}|arn:[a-z-]+:sqs:[a-z0-9-]+:\d{{12}}:[A-Za-z0-9_-]{{1,75}}(\.fifo)?)?",
        constraint="Empty, the name of a launched queue, or the ARN of an SQS queue.",
        help="Empty for a queue of its own, as the questions on the queue tell. Or one that exists, under the "
        "environment's key or that of SQS: its name where it was launched here, or its ARN in this account and region.",
    )
    size = ServiceQuestions.size
    tasks = Sized(
        "Tasks",
        group=SERVICE,
        options=COUNTS_FROM_ZERO,
        sizes=ServiceQuestions.tasks.sizing(),
        help="How many tasks run at least and at most. Auto takes 3-10 in prod, 1-10 in dr, 2-4 in staging, else 1-2. "
        "From 0, not in prod and dr: none while no message comes; the first one then waits for up to 15 minutes.",
    )
    backlog_target = Number(
        "Messages per task",
        group=SCALING,
        low=1,
        high=1_000_000,
        default=100,
        help="How many messages may wait for each task: the acceptable wait, divided by the time of one message.",
    )
    heartbeat_seconds = Number(
        "Heartbeat (seconds)",
        group=CONTAINER,
        low=30,
        high=43_200,
        default=300,
        help="Age of the heartbeat file above which a task is replaced, if the container ever touches it.",
    )
    health_command = command_question(
        "Auto looks at the file that HEARTBEAT_FILE names, if the container ever touches it"
    )
    stop_seconds = Number(
        "Stop timeout (seconds)",
        group=CONTAINER,
        low=2,
        high=120,
        default=120,
        help="How long a task that is to stop may go on with the message at hand.",
    )

    def build(self, stack: Stack) -> None:
        stack.condition(_OWN, Worker.source_queue.equals(""))
        is_arn = Equals(Select(0, Split(":", self.source_queue)), "arn")
        stack.condition(_NAMED, And(Not(Worker.source_queue.equals("")), Not(is_arn)))
        # SQS has 80 characters for the name, ending included.
        queues = message_queues(stack, self, key=self.key_arn, identifier="q-${ServiceName}", condition=_OWN)
        made = self._container(stack, queues)
        self._permissions(stack, made, queues)
        service = fargate_service(
            stack,
            self,
            made,
            group=task_security_group(stack, self),
            # Dead letters of the former version would keep ECS from watching any alarm while the next is deployed.
            deployment=rolling([log_alarm(stack, self, made.logs)]),
            tags={"Name": self._task_name(stack)},
        )
        backlog = Backlog(queue_name=self._queue_name(stack, queues), service=of_service(self, service))
        target = scalable(stack, self, service)
        follow_backlog(stack, target, backlog, self.backlog_target)
        scale_to_zero(stack, target, backlog, Worker.tasks)
        service_alarms(stack, self, service)
        self._late(stack, backlog)
        self._failed(stack, queues)
        self._dashboard(stack, service, made, backlog, queues)
        self._provide(stack, service, queues)

    def _queue_url(self, stack: Stack, queues: MessageQueues) -> If:
        region, account, name = (item(Worker.source_queue, index, separator=":") for index in (3, 4, 5))
        address = "https://sqs.${Region}.${AWS::URLSuffix}/${Account}/${Name}"
        given = Sub(address, Region=region, Account=account, Name=name)
        named = stack.find(contract.QUEUE_URL, provider=Worker.source_queue)
        return If(_OWN, queues.messages.ref(), If(_NAMED, named, given))

    def _queue_arn(self, stack: Stack, queues: MessageQueues) -> If:
        named = stack.find(contract.QUEUE_ARN, provider=Worker.source_queue)
        return If(_OWN, queues.messages.get_att("Arn"), If(_NAMED, named, self.source_queue))

    def _queue_name(self, stack: Stack, queues: MessageQueues) -> If:
        named = stack.find(contract.QUEUE_NAME, provider=Worker.source_queue)
        given = item(Worker.source_queue, 5, separator=":")
        return If(_OWN, queues.messages.get_att("QueueName"), If(_NAMED, named, given))

    def _container(self, stack: Stack, queues: MessageQueues) -> Container:
        return container(
            stack,
            self,
            variables={
                "QUEUE_URL": self._queue_url(stack, queues),
                "HEARTBEAT_FILE": _HEARTBEAT,
                "HEARTBEAT_SECONDS": self.heartbeat_seconds,
            },
            health_check=self._health_check(stack),
            stand_in=placeholder.WAITS,
            stop_seconds=self.stop_seconds,
        )

    def _health_check(self, stack: Stack) -> If:
        def check(*command: Any) -> HealthCheck:
            return HealthCheck(Command=list(command), Interval=30, Timeout=5, Retries=3, StartPeriod=60)

        stack.condition("HealthIsAuto", Worker.health_command.equals("auto"))
        by_runtime = If(
            "RunsNodejs",
            check("CMD", "node", "-e", _NODEJS),
            If("RunsPython", check("CMD", "python", "-c", _PYTHON), check("CMD-SHELL", _SHELL)),
        )
        given = check("CMD-SHELL", self.health_command)
        # Whatever the command for the worker's own image is, the placeholder's image may not have it.
        return If(PLACEHOLDER, check("CMD-SHELL", _SHELL), If("HealthIsAuto", by_runtime, given))

    def _task_name(self, stack: Stack) -> Sub:
        return stack.name("worker", "${Instance}-${ServiceName}")

    def _permissions(self, stack: Stack, made: Container, queues: MessageQueues) -> None:
        tasks = Sub(
            "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task/${Cluster}/*", Cluster=self.cluster_name
        )
        own = StringEquals({"aws:ResourceTag/Name": self._task_name(stack)})
        grant(
            made.roles.working,
            "WorkOffQueue",
            [
                allow("TakeMessages", RECEIVE, self._queue_arn(stack, queues)),
                allow("DecryptMessages", [kms.Decrypt], self.key_arn),
                allow("ProtectTasks", [ecs.GetTaskProtection, ecs.UpdateTaskProtection], tasks, when=[own]),
            ],
        )

    def _failed(self, stack: Stack, queues: MessageQueues) -> None:
        any_message_alarm(
            stack,
            "MessagesFailed",
            says(stack, self, "messages are in the dead-letter queue. Mend the worker, then redrive them."),
            queues.dead_letters,
            topic=self.warning_topic,
            condition=_OWN,
        )

    def _late(self, stack: Stack, backlog: Backlog) -> None:
        # Whoever has all tasks stopped at night knows that messages wait then.
        expression = If(SLEEPS_AT_NIGHT, "IF(desired > 0, age, 0)", "age")
        operands = {
            "age": queue_metric(backlog.queue_name, "ApproximateAgeOfOldestMessage"),
            "desired": tasks_metric("Desired", backlog.service),
        }
        alarm(
            stack,
            "MessagesWaitLong",
            says(stack, self, "a message has waited longer than ${OldestSeconds} seconds."),
            Computed(expression=expression, operands=operands),
            above=self.oldest_seconds,
            minutes=5,
            topic=self.critical_topic,
        )

    def _dashboard(
        self, stack: Stack, service: Service, made: Container, backlog: Backlog, queues: MessageQueues
    ) -> None:
        sqs, own = "AWS/SQS", ("QueueName", "${Queue}")
        graphs = [
            graph(
                "Messages that wait and are worked on",
                [sqs, "ApproximateNumberOfMessagesVisible", *own],
                [sqs, "ApproximateNumberOfMessagesNotVisible", *own],
                statistic="Maximum",
            ),
            graph("Age of the oldest message (s)", [sqs, "ApproximateAgeOfOldestMessage", *own], statistic="Maximum"),
            graph(
                "Messages sent and done",
                [sqs, "NumberOfMessagesSent", *own],
                [sqs, "NumberOfMessagesDeleted", *own],
                statistic="Sum",
            ),
            graph(
                "Messages that failed",
                [sqs, "ApproximateNumberOfMessagesVisible", "QueueName", "${DeadLetters}"],
                statistic="Maximum",
            ),
        ]
        variables = {
            "Queue": backlog.queue_name,
            "DeadLetters": If(_OWN, queues.dead_letters.get_att("QueueName"), "none"),
        }
        service_dashboard(stack, self, "worker", service, made.logs, graphs, variables)

    @staticmethod
    def _provide(stack: Stack, service: Service, queues: MessageQueues) -> None:
        name = Worker.service_name
        dead = queues.dead_letters.get_att("Arn")
        stack.provide(contract.WORKER_SERVICE_NAME, GetAtt(service, "Name"), provider=name)
        stack.provide(contract.WORKER_QUEUE_URL, queues.messages.ref(), provider=name, condition=_OWN)
        stack.provide(contract.WORKER_QUEUE_ARN, queues.messages.get_att("Arn"), provider=name, condition=_OWN)
        stack.provide(contract.WORKER_DEAD_LETTER_QUEUE_ARN, dead, provider=name, condition=_OWN)
