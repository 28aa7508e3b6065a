"""The product `foundation`: what every other product of an environment builds on."""

from __future__ import annotations

from pathlib import Path

from awacs import kms, s3, secretsmanager, sns, sqs
from awacs.aws import Principal, StringEquals
from troposphere import And, Condition, Equals, GetAtt, If, Join, Not, Sub
from troposphere.awslambda import Permission
from troposphere.kms import Key
from troposphere.route53 import HostedZone, HostedZoneConfiguration
from troposphere.s3 import Bucket
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy

from factory.authoring import Number, Product, Stack, Text
from factory.authoring.policy import allow, deny_plain_http, document, only_for, own_account
from products.parts import contract
from products.parts.alarms import Metric, alarm
from products.parts.buckets import log_bucket, objects_of
from products.parts.encryption import environment_key
from products.parts.functions import python_function
from products.parts.logs import retention_days
from products.parts.queues import queue

_FUNCTIONS = Path(__file__).parent / "functions"
_ACCESS_LOG_DAYS = 400

_TOPICS = {
    "critical": contract.CRITICAL_TOPIC_ARN,
    "warning": contract.WARNING_TOPIC_ARN,
    "info": contract.INFO_TOPIC_ARN,
}


class Foundation(Product):
    """The base of an environment: customer-managed encryption key, alarm topics, log archive and domain name.

    Launch it first. Everything else in the environment encrypts with its key, reports to its topics and finds the
    values that it publishes.
    """

    name = "foundation"
    version = "1.3.0"

    alarm_email = Text(
        "Alarm e-mail",
        group="Notifications",
        default="",
        pattern=r"([^@\s]+@[^@\s]+\.[^@\s]+)?",
        constraint="Empty, or one e-mail address.",
        help="Receives critical and warning alarms, after it has confirmed the subscription.",
    )
    slack_secret_arn = Text(
        "Slack webhook secret",
        group="Notifications",
        default="",
        pattern=r"(arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+)?",
        constraint="Empty, or the ARN of a Secrets Manager secret.",
        help="ARN of the secret that holds a Slack webhook URL; every topic is then posted to its channel.",
    )
    slack_key_arn = Text(
        "Key of the Slack secret",
        group="Notifications",
        default="",
        pattern=r"(arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+)?",
        constraint="Empty, or the ARN of a KMS key.",
        help="ARN of the key that encrypts the secret; empty where it is the key of Secrets Manager itself.",
    )
    pager_endpoint = Text(
        "PagerDuty endpoint",
        group="Notifications",
        default="",
        pattern=r"(https://.+)?",
        constraint="Empty, or an https:// address.",
        help="HTTPS integration address for critical alarms; used in prod only.",
        secret=True,
    )
    domain_name = Text(
        "Domain name",
        group="Domain",
        default="",
        pattern=r"(([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})?",
        constraint="Empty, or a domain name in lower case, such as dev.example.com.",
        help="The environment's own domain. A public hosted zone is made for it; delegate to its name servers.",
    )
    log_retention = retention_days()
    archive_days = Number(
        "Log archive (days)",
        group="Operations",
        low=365,
        high=3653,
        default=2557,
        help="How long the log archive keeps logs; 2557 days are seven years.",
    )

    def build(self, stack: Stack) -> None:
        key = environment_key(stack, "Key", alias=Sub("alias/${Project}-${Environment}-${Instance}"))
        stack.provide(contract.KEY_ARN, key.get_att("Arn"))
        topics = [self._topic(stack, level, key) for level in _TOPICS]
        self._people(stack, topics)
        self._slack(stack, topics, key)
        self._buckets(stack, key)
        self._domain(stack)

    def _topic(self, stack: Stack, level: str, key: Key) -> Topic:
        title = f"{level.capitalize()}Topic"
        topic = stack.add(
            Topic(
                title,
                TopicName=stack.name("topic", f"${{Instance}}-{level}"),
                DisplayName=Sub(f"${{Project}} ${{Environment}} {level}"),
                KmsMasterKeyId=key.ref(),
            )
        )
        publish = allow(
            "PublishFromThisAccount",
            [sns.Publish],
            topic.ref(),
            to=Principal(
                "Service",
                [f"{name}.amazonaws.com" for name in ("budgets", "cloudwatch", "codestar-notifications")],
            ),
            when=[own_account()],
        )
        # A condition would keep EventBridge out (factory.authoring.sources).
        events = allow("PublishEvents", [sns.Publish], topic.ref(), to=Principal("Service", "events.amazonaws.com"))
        stack.add(
            TopicPolicy(
                f"{title}Policy",
                Topics=[topic.ref()],
                PolicyDocument=document(publish, events, deny_plain_http([sns.Publish], topic.ref())),
            )
        )
        stack.provide(_TOPICS[level], topic.ref())
        return topic

    def _people(self, stack: Stack, topics: list[Topic]) -> None:
        critical, warning, _ = topics
        has_email = stack.condition("HasEmail", Not(Equals(self.alarm_email, "")))
        for topic in (critical, warning):
            stack.add(
                SubscriptionResource(
                    f"{topic.title}Email",
                    TopicArn=topic.ref(),
                    Protocol="email",
                    Endpoint=self.alarm_email,
                    Condition=has_email,
                )
            )
        pages = stack.condition(
            "PagesSomeone",
            And(Not(Equals(self.pager_endpoint, "")), Equals(self.environment, "prod")),
        )
        stack.add(
            SubscriptionResource(
                "CriticalTopicPager",
                TopicArn=critical.ref(),
                Protocol="https",
                Endpoint=self.pager_endpoint,
                Condition=pages,
            )
        )

    def _slack(self, stack: Stack, topics: list[Topic], key: Key) -> None:
        wanted = stack.condition("HasSlack", Not(Equals(self.slack_secret_arn, "")))
        own_key = stack.condition("SlackSecretHasKey", And(Condition(wanted), Not(Equals(self.slack_key_arn, ""))))
        undelivered = queue(stack, "SlackUndelivered", key=key.ref(), condition=wanted)
        function = python_function(
            stack,
            "SlackNotifier",
            _FUNCTIONS / "slack_notifier",
            [
                allow("ReadWebhook", [secretsmanager.GetSecretValue], self.slack_secret_arn),
                allow(
                    "DecryptWebhook",
                    [kms.Decrypt],
                    If(own_key, self.slack_key_arn, key.get_att("Arn")),
                    when=[StringEquals({"kms:ViaService": Sub("secretsmanager.${AWS::Region}.${AWS::URLSuffix}")})],
                ),
                allow("KeepUndelivered", [sqs.SendMessage], undelivered.get_att("Arn")),
                allow("EncryptUndelivered", [kms.Decrypt, kms.GenerateDataKey], key.get_att("Arn")),
            ],
            description="Posts alarms to Slack",
            key=key.get_att("Arn"),
            retention=self.log_retention,
            outside_vpc="Slack is on the internet and nothing private is read: a VPC adds no guard",
            variables={"WEBHOOK_SECRET_ARN": self.slack_secret_arn},
            dead_letter=undelivered.get_att("Arn"),
            concurrency=5,
            timeout_seconds=15,
            condition=wanted,
        )
        # The e-mail hears of it where Slack does not.
        alarm(
            stack,
            "SlackIsSilent",
            "Alarms could not be posted to Slack; they wait in a queue.",
            Metric(
                namespace="AWS/SQS",
                name="ApproximateNumberOfMessagesVisible",
                statistic="Maximum",
                dimensions={"QueueName": undelivered.get_att("QueueName")},
            ),
            above=0,
            topic=topics[0].ref(),
            condition=wanted,
        )
        for topic in topics:
            stack.add(
                Permission(
                    f"{topic.title}Invokes",
                    Action="lambda:InvokeFunction",
                    FunctionName=function.get_att("Arn"),
                    Principal="sns.amazonaws.com",
                    SourceArn=topic.ref(),
                    Condition=wanted,
                )
            )
            stack.add(
                SubscriptionResource(
                    f"{topic.title}Slack",
                    TopicArn=topic.ref(),
                    Protocol="lambda",
                    Endpoint=function.get_att("Arn"),
                    Condition=wanted,
                )
            )

    def _buckets(self, stack: Stack, key: Key) -> None:
        access_logs = log_bucket(
            stack,
            "AccessLogs",
            key=None,
            expire_days=_ACCESS_LOG_DAYS,
            access_logs_to=None,
            statements=[
                allow(
                    "LoadBalancersWrite",
                    [s3.PutObject],
                    objects_of("AccessLogs", "alb/"),
                    to=Principal("Service", "logdelivery.elasticloadbalancing.amazonaws.com"),
                    when=[
                        only_for(
                            "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:loadbalancer/*"
                        )
                    ],
                ),
                allow(
                    "BucketsWrite",
                    [s3.PutObject],
                    objects_of("AccessLogs", "s3/"),
                    to=Principal("Service", "logging.s3.amazonaws.com"),
                    when=[own_account()],
                ),
            ],
        )
        self._explain_access_logs(stack, access_logs)
        archive = log_bucket(
            stack,
            "LogArchive",
            key=key.get_att("Arn"),
            expire_days=self.archive_days,
            access_logs_to=access_logs.ref(),
            statements=[
                allow(
                    "LogServicesWrite",
                    [s3.PutObject],
                    objects_of("LogArchive", "AWSLogs/"),
                    to=Principal("Service", "delivery.logs.amazonaws.com"),
                    when=[own_account()],
                ),
                # Before the first delivery it looks whose the bucket is (CloudWatch Logs User Guide, "Logs sent to
                # Amazon S3").
                allow(
                    "LogServicesLook",
                    [s3.GetBucketAcl, s3.ListBucket],
                    GetAtt("LogArchive", "Arn"),
                    to=Principal("Service", "delivery.logs.amazonaws.com"),
                    when=[own_account()],
                ),
            ],
        )
        stack.provide(contract.ACCESS_LOG_BUCKET, access_logs.ref())
        stack.provide(contract.LOG_ARCHIVE_BUCKET, archive.ref())

    @staticmethod
    def _explain_access_logs(stack: Stack, bucket: Bucket) -> None:
        stack.explain(bucket, "CKV_AWS_18", "This bucket receives the access logs; logging itself would never end")
        stack.explain(bucket, "CKV_AWS_145", "Load balancers write access logs only to buckets under SSE-S3")
        for rule, reason in (
            ("E9101", "Load balancers write access logs only to buckets under SSE-S3"),
            ("E9403", "It receives the access logs of all buckets; with its own among them, writing would never end"),
        ):
            stack.exempt(bucket, rule, reason, owner="Platform engineering", review="2027-11-30")

    def _domain(self, stack: Stack) -> None:
        has_domain = stack.condition("HasDomain", Not(Equals(self.domain_name, "")))
        zone = stack.add(
            HostedZone(
                "Zone",
                Name=self.domain_name,
                HostedZoneConfig=HostedZoneConfiguration(Comment=Sub("${Project} ${Environment}")),
                Condition=has_domain,
                DeletionPolicy="RetainExceptOnCreate",
                UpdateReplacePolicy="Retain",
            )
        )
        stack.provide(contract.DOMAIN_NAME, If(has_domain, self.domain_name, contract.NONE))
        stack.provide(contract.HOSTED_ZONE_ID, If(has_domain, zone.ref(), contract.NONE))
        stack.output(
            "NameServers",
            Join(", ", GetAtt(zone, "NameServers")),
            "Delegate the domain to these name servers.",
            condition=has_domain,
        )
