"""The product `function`: a Lambda function with what calls it, what it may reach and what watches it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from awacs import kms, sqs
from troposphere import And, GetAtt, If, Join, Not, NoValue, Or, Sub, Tags
from troposphere.awslambda import (
    Alias,
    Code,
    DestinationConfig,
    Environment,
    EventInvokeConfig,
    Function,
    OnFailure,
    ProvisionedConcurrencyConfiguration,
    Version,
    VPCConfig,
)
from troposphere.ec2 import SecurityGroup
from troposphere.iam import Role
from troposphere.sqs import Queue

from factory.authoring import Product, Stack
from factory.authoring.policy import allow
from products.parts import contract
from products.parts.alarms import Computed, Metric, alarm
from products.parts.environment_rules import is_one_of
from products.parts.function_questions import CONCURRENCY, FunctionQuestions
from products.parts.function_sources import Called, source_conditions, sources, undelivered_events
from products.parts.functions import logged_function
from products.parts.queues import any_message_alarm, queue
from products.parts.secrets import ARNS, given_secrets, read_secrets, secret_conditions
from products.parts.security_groups import broker_egress, workload_egress

_ALIAS = "live"
_LATEST = "$LATEST"
_FROM_ZIP = "HasZip"
_FROM_IMAGE = "HasImage"
_DEPLOYED = "IsDeployed"
_IN_VPC = "RunsInVpc"
_WARM = "IsKeptWarm"
_HAS_SETTINGS = "HasSettings"
_HAS_POLICY = "HasPolicy"
_PLACEHOLDER = Path(__file__).parent / "functions/placeholder"
_RETRIES = 2
_EVENT_AGE_SECONDS = 3600


class ServerlessFunction(FunctionQuestions, Product):
    """A serverless function: from a zip or an image, called by schedule, queue, bucket or table stream, and watched.

    It begins with a placeholder, its sources switched off; the first run of its pipeline, or an update with code, puts
    the real function in its place and switches them on. What it fails to handle is kept for two weeks.
    """

    name = "function"
    version = "2.1.0"

    def build(self, stack: Stack) -> None:
        self._conditions(stack)
        self._rules(stack)
        failures = queue(stack, "Failures", key=self.key_arn, statements=undelivered_events())
        made = logged_function(
            stack,
            "Function",
            [
                allow("KeepFailures", [sqs.SendMessage], failures.get_att("Arn")),
                allow("EncryptFailures", [kms.Decrypt, kms.GenerateDataKey], self.key_arn),
            ],
            key=self.key_arn,
            retention=self.log_retention,
            Description=Sub("${FunctionName} of ${Project} in ${Environment}"),
            PackageType=If(_FROM_IMAGE, "Image", "Zip"),
            Code=self._code(stack),
            Runtime=If(_FROM_IMAGE, NoValue, self.runtime),
            Handler=If(_FROM_IMAGE, NoValue, If(_FROM_ZIP, self.handler, "index.handler")),
            Architectures=[self.architecture],
            MemorySize=self.memory_mib,
            Timeout=self.timeout_seconds,
            ReservedConcurrentExecutions=self.reserved,
            Environment=Environment(Variables=self._variables()),
            VpcConfig=self._vpc(stack),
        )
        self._explain(stack, made.function)
        self._permissions(made.role)
        alias = self._alias(stack, made.function)
        self._failed_calls(stack, made.function, alias, failures)
        sources(stack, self, Called(alias=alias, role=made.role, failures=failures, deployed=_DEPLOYED))
        self._alarms(stack, made.function, failures)
        name = FunctionQuestions.function_name
        stack.provide(contract.FUNCTION_ARN, made.function.get_att("Arn"), provider=name)
        stack.provide(contract.FUNCTION_NAME, made.function.ref(), provider=name)
        stack.provide(contract.FUNCTION_ALIAS_ARN, alias.ref(), provider=name)

    def _conditions(self, stack: Stack) -> None:
        has_zip = And(Not(FunctionQuestions.code_bucket.equals("")), Not(FunctionQuestions.code_key.equals("")))
        has_image = Not(FunctionQuestions.image_uri.equals(""))
        for name, expression in {
            _FROM_ZIP: has_zip,
            _FROM_IMAGE: has_image,
            _DEPLOYED: Or(has_zip, has_image),
            _IN_VPC: FunctionQuestions.in_vpc.equals("true"),
            _WARM: Not(FunctionQuestions.provisioned.equals("0")),
            _HAS_SETTINGS: Not(FunctionQuestions.settings.equals("")),
            _HAS_POLICY: Not(FunctionQuestions.policy_arn.equals("")),
        }.items():
            stack.condition(name, expression)
        secret_conditions(stack, FunctionQuestions.secrets, ARNS)
        source_conditions(stack)

    def _rules(self, stack: Stack) -> None:
        no_bucket, no_key = FunctionQuestions.code_bucket.equals(""), FunctionQuestions.code_key.equals("")
        stack.rule(
            "CodeIsWhole",
            (
                Or(And(no_bucket, no_key), And(Not(no_bucket), Not(no_key))),
                "Code: name both the bucket and the key of the zip, or neither.",
            ),
            (
                Or(no_bucket, FunctionQuestions.image_uri.equals("")),
                "Code: a function comes from a zip or from an image, not from both.",
            ),
        )
        stack.rule(
            "WarmExecutionsAreReserved",
            *(
                (
                    Or(
                        Not(FunctionQuestions.provisioned.equals(count)),
                        is_one_of(FunctionQuestions.reserved, [other for other in CONCURRENCY if other >= count]),
                    ),
                    f"Provisioned concurrency is {count}: reserved concurrency must not be less.",
                )
                for count in CONCURRENCY
            ),
        )

    def _code(self, stack: Stack) -> If:
        zipped = Code(S3Bucket=self.code_bucket, S3Key=self.code_key)
        return If(_FROM_IMAGE, Code(ImageUri=self.image_uri), If(_FROM_ZIP, zipped, stack.code(_PLACEHOLDER)))

    def _variables(self) -> dict[str, Any]:
        return {
            "ENVIRONMENT": self.environment,
            "SETTINGS": If(_HAS_SETTINGS, self.settings, NoValue),
            **{
                f"SECRET_{number}_ARN": If(condition, arn, NoValue)
                for number, (condition, arn) in enumerate(given_secrets(FunctionQuestions.secrets, ARNS), start=1)
            },
        }

    def _vpc(self, stack: Stack) -> If:
        vpc_cidr = stack.find(contract.VPC_CIDR)
        group = stack.add(
            SecurityGroup(
                "SecurityGroup",
                GroupDescription=Sub("Function ${FunctionName}"),
                VpcId=stack.find(contract.VPC_ID),
                SecurityGroupEgress=[*workload_egress(vpc_cidr), *broker_egress(vpc_cidr)],
                Tags=Tags(Name=stack.name("sg", "${FunctionName}")),
                Condition=_IN_VPC,
            )
        )
        subnets = [stack.find(contract.PRIVATE_SUBNET_1), stack.find(contract.PRIVATE_SUBNET_2)]
        return If(_IN_VPC, VPCConfig(SubnetIds=subnets, SecurityGroupIds=[group.get_att("GroupId")]), NoValue)

    @staticmethod
    def _explain(stack: Stack, function: Function) -> None:
        stack.explain(function, "CKV_AWS_116", "Events that fail go to an on-failure destination, which tells more")
        stack.explain(function, "CKV_AWS_117", "Whether it runs in the VPC is asked of whoever launches it")

    def _permissions(self, role: Role) -> None:
        """What the launch asks for: its own policy, the secrets that it names, and interfaces in the VPC.

        Lambda asks for the interfaces on all resources (Lambda Developer Guide, "Required IAM permissions").
        """
        interfaces = Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess")
        role.ManagedPolicyArns = [If(_HAS_POLICY, self.policy_arn, NoValue), If(_IN_VPC, interfaces, NoValue)]
        read_secrets(role, given_secrets(FunctionQuestions.secrets, ARNS), self.key_arn)

    def _alias(self, stack: Stack, function: Function) -> Alias:
        """The name to call it by: it means the newest, or one version where executions are kept warm.

        A version is published when what its description tells changes.
        """
        version = stack.add(
            Version(
                "Version",
                FunctionName=function.ref(),
                Description=Join(
                    " ",
                    [
                        If(_FROM_IMAGE, self.image_uri, If(_FROM_ZIP, self.code_key, "placeholder")),
                        self.runtime,
                        self.memory_mib,
                        self.timeout_seconds,
                    ],
                ),
                Condition=_WARM,
            )
        )
        warm = ProvisionedConcurrencyConfiguration(ProvisionedConcurrentExecutions=self.provisioned)
        return stack.add(
            Alias(
                "Alias",
                Name=_ALIAS,
                FunctionName=function.ref(),
                FunctionVersion=If(_WARM, GetAtt(version, "Version"), _LATEST),
                ProvisionedConcurrencyConfig=If(_WARM, warm, NoValue),
            )
        )

    def _failed_calls(self, stack: Stack, function: Function, alias: Alias, failures: Queue) -> None:
        """Calls that nobody waits for are tried three times, whichever name they use, and then kept."""
        for title, qualifier in (("FailedCalls", _LATEST), ("FailedAliasCalls", _ALIAS)):
            config = EventInvokeConfig(
                title,
                FunctionName=function.ref(),
                Qualifier=qualifier,
                MaximumRetryAttempts=_RETRIES,
                MaximumEventAgeInSeconds=_EVENT_AGE_SECONDS,
                DestinationConfig=DestinationConfig(OnFailure=OnFailure(Destination=failures.get_att("Arn"))),
            )
            if qualifier == _ALIAS:
                config.DependsOn = alias.title
            stack.add(config)

    def _alarms(self, stack: Stack, function: Function, failures: Queue) -> None:
        own = {"FunctionName": function.ref()}

        def metric(name: str, statistic: str) -> Metric:
            return Metric(namespace="AWS/Lambda", name=name, statistic=statistic, dimensions=own)

        alarm(
            stack,
            "Errors",
            Sub("Function ${FunctionName}: more than ${ErrorLimit} executions a minute failed."),
            metric("Errors", "Sum"),
            above=self.error_limit,
            topic=self.critical_topic,
        )
        alarm(
            stack,
            "Throttled",
            Sub("Function ${FunctionName}: calls were refused, as its reserved concurrency was used up."),
            metric("Throttles", "Sum"),
            above=0,
            topic=self.warning_topic,
        )
        alarm(
            stack,
            "Slow",
            Sub("Function ${FunctionName}: one execution in twenty takes over ${DurationPercent} % of the timeout."),
            # From milliseconds, and seconds of timeout, to percent.
            Computed(
                expression=Sub("duration / (10 * ${TimeoutSeconds})"), operands={"duration": metric("Duration", "p95")}
            ),
            above=self.duration_percent,
            minutes=5,
            topic=self.warning_topic,
        )
        any_message_alarm(
            stack,
            "CallsFailed",
            Sub("Function ${FunctionName}: events that it could not handle are kept in its queue of failures."),
            failures,
            topic=self.warning_topic,
        )
