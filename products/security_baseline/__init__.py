"""The product `security-baseline`: what watches over an account, and records what is done in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from awacs import cloudtrail, config, ec2, ecs, iam, kms, s3, securityhub, sns, sqs, ssm
from awacs.aws import Statement, StringEquals
from troposphere import AccountId, And, Condition, Equals, If, Or, Ref, Region, Sub
from troposphere.accessanalyzer import Analyzer
from troposphere.awslambda import Function
from troposphere.config import ConfigurationRecorder, DeliveryChannel, RecordingGroup
from troposphere.guardduty import Detector
from troposphere.securityhub import Hub, Standard

from factory.authoring import Choice, Flag, Number, Product, Requires, Sized, Stack, Text
from factory.authoring.policy import allow, where
from products.parts import contract
from products.parts.audit_alarms import Level, audit_alarms
from products.parts.audit_trail import audit_key, audit_trail, configuration_bucket, trail_arn
from products.parts.config_rules import BUCKET_RULES, GROUP_RULES, config_rules
from products.parts.custom_resource import custom_resource, custom_resource_function
from products.parts.findings import (
    BROKEN_RULES,
    HIGH_THREATS,
    MEDIUM_THREATS,
    PUBLIC_RESOURCES,
    WEAKNESSES,
    Finding,
    answer,
    broken_rules,
    tell,
)
from products.parts.functions import python_function
from products.parts.logs import retention_days
from products.parts.people import people
from products.parts.queues import any_message_alarm, queue

_FUNCTIONS = Path(__file__).parent / "functions"
_TRAIL = "${Project}-${Environment}-trail-${Instance}"
# Outside of the contract's paths: whatever the instance, a region has one baseline.
_CLAIM = "/security-baseline/claimed-by"
_CONFIG_ROLE = (
    "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
)
_STANDARDS = "arn:${AWS::Partition}:securityhub:${AWS::Region}::standards/"
_ON = "on"
_ELSEWHERE = "organization"


def _service(label: str, what: str) -> Choice:
    """Whether the account makes a service its own."""
    return Choice(
        label,
        group="Services",
        options=(_ON, _ELSEWHERE),
        default=_ON,
        help=f"{what} Take organization where it is on already in this account and region, by the organization or by "
        "somebody else; nothing of it is made then.",
    )


class SecurityBaseline(Product):
    """What watches over an account: audit trail, threat detection, security standards, and alarms on what is found.

    Launch it once in each region of an account, after the foundation. The trail is kept for years, where nobody can
    rewrite it. Findings reach the environment's topics; a function answers the worst of them as soon as its dry run is
    switched off.
    """

    name = "security-baseline"
    version = "1.0.0"

    cloud_trail = _service("CloudTrail", "Records who did what, in all regions.")
    guard_duty = _service("GuardDuty", "Finds intruders by what they do.")
    security_hub = _service("Security Hub", "Checks the account against security standards.")
    config = _service("AWS Config", "Records how resources are configured, and checks and mends them by rules.")
    access_analyzer = _service("Access Analyzer", "Finds what can be reached from outside the account.")
    home_region = Text(
        "Home region",
        group="Services",
        default="this",
        pattern=r"this|[a-z]{2}(-[a-z]+)+-\d",
        constraint="this, or the name of a region such as us-east-1.",
        help="Where the account's trail is, which records all regions, and where IAM is looked at. In further regions "
        "of the account give the name of the first one.",
    )
    dry_run = Flag(
        "Dry run",
        group="Answers to findings",
        default=True,
        help="With true, nothing is changed: people are told what would have been. With false, attacked instances and "
        "tasks are isolated, public buckets closed, administration ports taken off the internet, and what breaks a "
        "rule of Config mended.",
    )
    archive_days = Number(
        "Audit records (days)",
        group="Records",
        low=365,
        high=3653,
        default=2557,
        help="How long audit records are kept, in cold storage after 90 days; 2557 days are seven years.",
    )
    lock_days = Sized(
        "Locked for (days)",
        group="Records",
        pattern=r"[1-9]\d{0,2}|[1-3]\d{3}",
        sizes={"dev": 30, "test": 30, "qa": 30, "staging": 90, "prod": 2557, "dr": 2557},
        constraint="auto, or a number from 1 to 3999.",
        help="How long nobody can delete or overwrite a file of the trail; auto is seven years in prod and dr, 90 days "
        "in staging, 30 elsewhere.",
    )
    lock_mode = Choice(
        "Kind of lock",
        group="Records",
        options=("GOVERNANCE", "COMPLIANCE"),
        default="GOVERNANCE",
        help="Whoever has the permission for it can open a GOVERNANCE lock. A COMPLIANCE lock nobody opens, not even "
        "the root user: the bucket stays and is paid for until its time is over.",
    )
    log_retention = retention_days()
    key_arn = Requires(contract.KEY_ARN)
    critical_topic = Requires(contract.CRITICAL_TOPIC_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)
    info_topic = Requires(contract.INFO_TOPIC_ARN)
    access_logs = Requires(contract.ACCESS_LOG_BUCKET)

    def build(self, stack: Stack) -> None:
        self._conditions(stack)
        self._claim(stack)
        key = audit_key(
            stack,
            "AuditKey",
            alias=Sub("alias/${Project}-${Environment}-${Instance}-audit"),
            trail=_TRAIL,
            condition="HasRecords",
        )
        key.DependsOn = "Claim"
        self._trail(stack, key.get_att("Arn"))
        self._detectors(stack)
        self._config(stack, key.get_att("Arn"))
        self._notices(stack)
        self._answers(stack)
        self._people(stack)

    def _conditions(self, stack: Stack) -> None:
        stack.condition("IsHome", Or(Equals(self.home_region, "this"), Equals(self.home_region, Region)))
        stack.condition("HasTrail", And(Condition("IsHome"), SecurityBaseline.cloud_trail.equals(_ON)))
        stack.condition("HasGuardDuty", SecurityBaseline.guard_duty.equals(_ON))
        stack.condition("HasSecurityHub", SecurityBaseline.security_hub.equals(_ON))
        stack.condition("HasConfig", SecurityBaseline.config.equals(_ON))
        stack.condition("HasConfigAtHome", And(Condition("IsHome"), Condition("HasConfig")))
        stack.condition("HasAccessAnalyzer", SecurityBaseline.access_analyzer.equals(_ON))
        stack.condition("HasRecords", Or(Condition("HasTrail"), Condition("HasConfig")))
        stack.condition("HasPci", And(Condition("HasSecurityHub"), SecurityBaseline.compliance.equals("pci-dss")))
        stack.condition("Acts", SecurityBaseline.dry_run.equals("false"))
        is_production = Or(SecurityBaseline.environment.equals("prod"), SecurityBaseline.environment.equals("dr"))
        stack.condition("DemandsMfa", And(Condition("IsHome"), is_production))

    def _claim(self, stack: Stack) -> None:
        """A region of an account has one baseline: the first thing that a launch makes tells whether it may be."""
        parameter = Sub(f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter{_CLAIM}")
        config_role = Sub(_CONFIG_ROLE)
        function = custom_resource_function(
            stack,
            "AccountClaim",
            _FUNCTIONS / "account_claim",
            [
                allow("Claim", [ssm.DeleteParameter, ssm.GetParameter, ssm.PutParameter], parameter),
                # Neither list has a resource level.
                allow("FindTrails", [cloudtrail.DescribeTrails], "*"),
                allow("FindRecorders", [config.DescribeConfigurationRecorders], "*"),
                allow("FindConfigRole", [iam.GetRole], config_role),
                allow(
                    "MakeConfigRole",
                    [iam.CreateServiceLinkedRole],
                    config_role,
                    when=[StringEquals({"iam:AWSServiceName": "config.amazonaws.com"})],
                ),
            ],
            description="Claims the account for its one security baseline",
            key=self.key_arn,
            retention=self.log_retention,
            outside_vpc="It speaks to the APIs of the account and to CloudFormation, to nothing in a VPC",
            variables={"CLAIM": _CLAIM},
        )
        services = {
            parameter.name: Ref(parameter.name) for parameter in (SecurityBaseline.cloud_trail, SecurityBaseline.config)
        }
        custom_resource(
            stack,
            "Claim",
            "AccountClaim",
            function.get_att("Arn"),
            {"Services": services, "TrailName": Sub(_TRAIL), "HomeRegion": self.home_region},
        )

    def _trail(self, stack: Stack, key_arn: Any) -> None:
        group = audit_trail(
            stack,
            "Trail",
            name=_TRAIL,
            key=key_arn,
            retention=self.log_retention,
            keep_days=self.archive_days,
            lock_mode=self.lock_mode,
            lock_days=self.lock_days,
            access_logs_to=self.access_logs,
            condition="HasTrail",
        )
        audit_alarms(
            stack,
            group,
            {Level.CRITICAL: self.critical_topic, Level.WARNING: self.warning_topic},
            condition="HasTrail",
        )
        stack.provide(contract.TRAIL_ARN, If("HasTrail", Sub(trail_arn(_TRAIL)), contract.NONE))

    def _detectors(self, stack: Stack) -> None:
        # Whatever protection GuardDuty has in the region is on by default, except that of running processes.
        stack.add(
            Detector(
                "Detector",
                Enable=True,
                FindingPublishingFrequency="FIFTEEN_MINUTES",
                DependsOn="Claim",
                Condition="HasGuardDuty",
            )
        )
        stack.add(
            Hub(
                "Hub",
                AutoEnableControls=True,
                ControlFindingGenerator="SECURITY_CONTROL",
                EnableDefaultStandards=False,
                DependsOn="Claim",
                Condition="HasSecurityHub",
            )
        )
        after = "Hub"
        for title, standard, condition in (
            ("Foundational", "aws-foundational-security-best-practices/v/1.0.0", "HasSecurityHub"),
            ("Cis", "cis-aws-foundations-benchmark/v/3.0.0", "HasSecurityHub"),
            ("Pci", "pci-dss/v/4.0.1", "HasPci"),
        ):
            # One after the other, as Security Hub takes one change of an account's standards at a time.
            stack.add(
                Standard(title, StandardsArn=Sub(f"{_STANDARDS}{standard}"), DependsOn=after, Condition=condition)
            )
            after = title
        stack.add(Analyzer("Analyzer", Type="ACCOUNT", DependsOn="Claim", Condition="HasAccessAnalyzer"))

    def _config(self, stack: Stack, key_arn: Any) -> None:
        bucket = configuration_bucket(
            stack,
            "ConfigBucket",
            key=key_arn,
            keep_days=self.archive_days,
            access_logs_to=self.access_logs,
            condition="HasConfig",
        )
        stack.add(
            ConfigurationRecorder(
                "Recorder",
                RoleARN=Sub(_CONFIG_ROLE),
                RecordingGroup=RecordingGroup(AllSupported=True, IncludeGlobalResourceTypes=If("IsHome", True, False)),
                # Neither the recorder nor the channel waits for the other: each needs the other to begin.
                DependsOn=["Claim", "ConfigBucketPolicy"],
                Condition="HasConfig",
            )
        )
        stack.add(
            DeliveryChannel(
                "Channel",
                S3BucketName=bucket.ref(),
                S3KmsKeyArn=key_arn,
                DependsOn=["Claim", "ConfigBucketPolicy"],
                Condition="HasConfig",
            )
        )
        config_rules(
            stack, after=["Recorder", "Channel"], mends="Acts", condition="HasConfig", at_home="HasConfigAtHome"
        )

    def _notices(self, stack: Stack) -> None:
        for topic, findings in (
            (self.critical_topic, [HIGH_THREATS]),
            (self.warning_topic, [MEDIUM_THREATS, PUBLIC_RESOURCES]),
            (self.info_topic, [BROKEN_RULES]),
        ):
            for finding in findings:
                tell(stack, finding, topic)

    def _answers(self, stack: Stack) -> None:
        unanswered = queue(stack, "Unanswered", key=self.key_arn)
        function = self._responder(stack, unanswered.get_att("Arn"))
        any_message_alarm(
            stack,
            "FindingsAreUnanswered",
            "A finding could not be answered; it waits in a queue.",
            unanswered,
            topic=self.critical_topic,
        )
        for finding in (
            Finding(title="AnswerThreats", about="Threats to be answered", pattern=HIGH_THREATS.pattern),
            Finding(title="AnswerWeaknesses", about="Weaknesses to be told and mended", pattern=WEAKNESSES),
        ):
            answer(stack, finding, function)
        mended = broken_rules([Ref(title) for title in (*BUCKET_RULES, *GROUP_RULES)])
        answer(
            stack,
            Finding(title="AnswerBrokenRules", about="Open buckets and ports to be closed", pattern=mended),
            function,
            condition="HasConfig",
        )

    def _responder(self, stack: Stack, unanswered_arn: Any) -> Function:
        place = "${AWS::Region}:${AWS::AccountId}"
        return python_function(
            stack,
            "Responder",
            _FUNCTIONS / "responder",
            [
                # Descriptions have no resource level.
                allow("LookAround", [ec2.DescribeInstances, ec2.DescribeSecurityGroups], "*"),
                allow(
                    "MarkAsNotified",
                    [securityhub.BatchUpdateFindings],
                    Sub(f"arn:${{AWS::Partition}}:securityhub:{place}:hub/default"),
                ),
                allow("Tell", [sns.Publish], [self.critical_topic, self.warning_topic]),
                allow("KeepUnanswered", [sqs.SendMessage], unanswered_arn),
                allow("Encrypt", [kms.Decrypt, kms.GenerateDataKey], self.key_arn),
                *(where("Acts", statement) for statement in _changes(place)),
            ],
            description="Answers findings of high severity",
            key=self.key_arn,
            retention=self.log_retention,
            outside_vpc="It speaks to the APIs of the account, which answer whether or not a network is cut off",
            variables={
                "DRY_RUN": self.dry_run,
                "CRITICAL_TOPIC_ARN": self.critical_topic,
                "WARNING_TOPIC_ARN": self.warning_topic,
                "QUARANTINE_NAME": stack.name("sg", "${Instance}-quarantine"),
                "TAGS": _json_of(stack.tags()),
            },
            dead_letter=unanswered_arn,
            concurrency=2,
            role_exemptions={
                "E9303": "It answers for whichever instance, task, bucket or security group of this account and region "
                "is attacked or open; which one, nobody knows before"
            },
        )

    def _people(self, stack: Stack) -> None:
        policy = people(stack, "People", condition="DemandsMfa")
        stack.provide(contract.MFA_POLICY_ARN, If("DemandsMfa", policy.ref(), contract.NONE))
        stack.output(
            "PeopleGroup",
            Ref("People"),
            "Users in this IAM group may do nothing without multi-factor authentication.",
            condition="DemandsMfa",
        )


def _changes(place: str) -> list[Statement]:
    """What the responder may change once its dry run is over."""
    groups = Sub(f"arn:${{AWS::Partition}}:ec2:{place}:security-group/*")
    return [
        allow(
            "MakeQuarantine",
            [ec2.CreateSecurityGroup],
            [groups, Sub(f"arn:${{AWS::Partition}}:ec2:{place}:vpc/*")],
        ),
        allow(
            "TagQuarantine", [ec2.CreateTags], groups, when=[StringEquals({"ec2:CreateAction": "CreateSecurityGroup"})]
        ),
        allow("ClosePorts", [ec2.RevokeSecurityGroupEgress, ec2.RevokeSecurityGroupIngress], groups),
        allow(
            "IsolateInstances",
            [ec2.ModifyNetworkInterfaceAttribute],
            [groups, Sub(f"arn:${{AWS::Partition}}:ec2:{place}:network-interface/*")],
        ),
        allow("StopTasks", [ecs.StopTask], Sub(f"arn:${{AWS::Partition}}:ecs:{place}:task/*")),
        allow(
            "CloseBuckets",
            [s3.PutBucketPublicAccessBlock],
            Sub("arn:${AWS::Partition}:s3:::*"),
            when=[StringEquals({"aws:ResourceAccount": AccountId})],
        ),
    ]


def _json_of(tags: dict[str, Any]) -> Sub:
    """Tags as a text that the template fills in."""
    texts = {key: value if isinstance(value, str) else f"${{{value.data['Ref']}}}" for key, value in tags.items()}
    return Sub(json.dumps(texts, sort_keys=True))
