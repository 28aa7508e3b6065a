"""Alarms on what the audit trail records: a filter and an alarm for each line of a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from troposphere import Sub
from troposphere.logs import LogGroup, MetricFilter, MetricTransformation

from factory.authoring import Stack
from products.parts.alarms import Metric, alarm


class Level(StrEnum):
    """Which of the environment's topics hears of it."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Events of the trail that somebody should hear of. More than `above` in a minute ring."""

    title: str
    says: str
    pattern: str
    level: Level = Level.WARNING
    above: int = 0


def _changes(source: str, *events: str) -> str:
    """The filter pattern for some events of one service."""
    names = " || ".join(f"($.eventName = {event})" for event in events)
    return f"{{ ($.eventSource = {source}.amazonaws.com) && ({names}) }}"


# CIS AWS Foundations Benchmark v3.0.0, section 4 (4.16 is that Security Hub is on).
WATCHED = (
    Watched(
        title="RootIsUsed",
        says="Somebody works as the root user.",
        pattern='{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && '
        '$.eventType != "AwsServiceEvent" }',
        level=Level.CRITICAL,
    ),
    Watched(
        title="CallsAreUnauthorized",
        says="Calls were refused for want of permission.",
        pattern='{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")) && '
        '($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket") }',
        # People who look around in the console cause a few.
        above=9,
    ),
    Watched(
        title="ConsoleWithoutMfa",
        says="A user signed in to the console without multi-factor authentication.",
        pattern='{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
        '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
        level=Level.CRITICAL,
    ),
    Watched(
        title="ConsoleIsRefused",
        says="Somebody failed to sign in to the console again and again.",
        pattern='{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
        above=4,
    ),
    Watched(
        title="PermissionsChange",
        says="IAM policies were changed, attached or detached.",
        pattern=_changes(
            "iam",
            "DeleteGroupPolicy",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
        ),
    ),
    Watched(
        title="TrailChanges",
        says="A trail of CloudTrail was made, changed, stopped or deleted.",
        pattern=_changes("cloudtrail", "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
        level=Level.CRITICAL,
    ),
    Watched(
        title="KeysGoAway",
        says="A customer-managed key was disabled or is going to be deleted.",
        pattern=_changes("kms", "DisableKey", "ScheduleKeyDeletion"),
        level=Level.CRITICAL,
    ),
    Watched(
        title="BucketPoliciesChange",
        says="Who may reach a bucket was changed.",
        pattern=_changes(
            "s3",
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
        ),
    ),
    Watched(
        title="ConfigChanges",
        says="The recording of configurations was changed or stopped.",
        pattern=_changes(
            "config",
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
        ),
        level=Level.CRITICAL,
    ),
    Watched(
        title="SecurityGroupsChange",
        says="Security groups were changed.",
        pattern=_changes(
            "ec2",
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ),
    ),
    Watched(
        title="NetworkAclsChange",
        says="Network access control lists were changed.",
        pattern=_changes(
            "ec2",
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ),
    ),
    Watched(
        title="GatewaysChange",
        says="Gateways of networks were changed.",
        pattern=_changes(
            "ec2",
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ),
    ),
    Watched(
        title="RoutesChange",
        says="Routes were changed.",
        pattern=_changes(
            "ec2",
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
        ),
    ),
    Watched(
        title="NetworksChange",
        says="A VPC or its peerings were changed.",
        pattern=_changes(
            "ec2",
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc",
            "DetachClassicLinkVpc",
            "DisableVpcClassicLink",
            "EnableVpcClassicLink",
        ),
    ),
    Watched(
        title="OrganizationChanges",
        says="The organization, its accounts or its policies were changed.",
        pattern=_changes(
            "organizations",
            "AcceptHandshake",
            "AttachPolicy",
            "CreateAccount",
            "CreateOrganizationalUnit",
            "CreatePolicy",
            "DeclineHandshake",
            "DeleteOrganization",
            "DeleteOrganizationalUnit",
            "DeletePolicy",
            "DetachPolicy",
            "DisablePolicyType",
            "EnablePolicyType",
            "InviteAccountToOrganization",
            "LeaveOrganization",
            "MoveAccount",
            "RemoveAccountFromOrganization",
            "UpdatePolicy",
            "UpdateOrganizationalUnit",
        ),
    ),
)


def audit_alarms(stack: Stack, group: LogGroup, topics: dict[Level, Any], *, condition: str) -> None:
    """Tell the topics of events in the trail's log group."""
    namespace = Sub("${Project}-${Environment}-${Instance}/Audit")
    for watched in WATCHED:
        stack.add(
            MetricFilter(
                f"{watched.title}Filter",
                LogGroupName=group.ref(),
                FilterPattern=watched.pattern,
                MetricTransformations=[
                    MetricTransformation(MetricName=watched.title, MetricNamespace=namespace, MetricValue="1")
                ],
                Condition=condition,
            )
        )
        alarm(
            stack,
            watched.title,
            watched.says,
            Metric(namespace=namespace, name=watched.title, statistic="Sum"),
            above=watched.above,
            topic=topics[watched.level],
            condition=condition,
        )
