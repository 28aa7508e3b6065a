"""Rules of AWS Config that look at every resource of an account, and what mends those that break one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from awacs import ec2, kms, rds, ssm
from awacs.aws import ArnLike
from troposphere import If, NoValue, Sub
from troposphere.config import (
    ConfigRule,
    ExecutionControls,
    RemediationConfiguration,
    Scope,
    Source,
    SsmControls,
)

from factory.authoring import Stack
from factory.authoring.policy import allow
from products.parts.roles import service_role

_ATTEMPTS = 3
_RETRY_SECONDS = 300
_PERCENT = 10
# Roles that SSM takes on for a run of automation (Systems Manager User Guide, "Cross-service confused deputy
# prevention").
_RUNS = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:automation-execution/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """A runbook of AWS that mends what breaks a rule; `resource` is its parameter for the resource, if it has one."""

    runbook: str
    resource: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A managed rule. `of_account`: it looks at the account as a whole or at IAM, so that one region is enough."""

    title: str
    identifier: str
    says: str
    of_account: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)
    types: Sequence[str] = ()
    mend: Mend | None = None


BUCKET_RULES = ("BucketsNotReadable", "BucketsNotWritable")
"""Rules that a bucket which anybody reaches breaks."""
GROUP_RULES = ("NoShellFromAnywhere", "NoAdministrationFromAnywhere")
"""Rules that a security group breaks which lets anybody reach a port for administration."""

# AWS Config Developer Guide, "List of AWS Config Managed Rules".
LOOKED = (
    Looked(
        title="BucketsNotReadable", identifier="S3_BUCKET_PUBLIC_READ_PROHIBITED", says="Not everybody reads a bucket."
    ),
    Looked(
        title="BucketsNotWritable",
        identifier="S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
        says="Not everybody writes to a bucket.",
    ),
    Looked(
        title="DatabasesPrivate",
        identifier="RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
        says="No database has a public address.",
        mend=Mend(runbook="AWSConfigRemediation-DisablePublicAccessToRDSInstance", resource="DbiResourceId"),
    ),
    Looked(
        title="DatabaseSnapshotsPrivate",
        identifier="RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
        says="No snapshot of a database is public.",
    ),
    Looked(title="DatabasesEncrypted", identifier="RDS_STORAGE_ENCRYPTED", says="Databases are encrypted."),
    Looked(title="VolumesEncrypted", identifier="ENCRYPTED_VOLUMES", says="Attached volumes are encrypted."),
    Looked(
        title="VolumesEncryptedByDefault",
        identifier="EC2_EBS_ENCRYPTION_BY_DEFAULT",
        says="New volumes are encrypted by default.",
        mend=Mend(runbook="AWSConfigRemediation-EnableEbsEncryptionByDefault"),
    ),
    Looked(
        title="VolumeSnapshotsPrivate",
        identifier="EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK",
        says="No snapshot of a volume is public.",
    ),
    Looked(
        title="KeysRotate",
        identifier="CMK_BACKING_KEY_ROTATION_ENABLED",
        says="Customer-managed keys rotate.",
        mend=Mend(runbook="AWSConfigRemediation-EnableKeyRotation", resource="KeyId"),
    ),
    Looked(title="FlowLogsOn", identifier="VPC_FLOW_LOGS_ENABLED", says="Networks log their traffic."),
    Looked(
        title="DefaultGroupsClosed",
        identifier="VPC_DEFAULT_SECURITY_GROUP_CLOSED",
        says="Default security groups let nothing in or out.",
    ),
    Looked(title="NoShellFromAnywhere", identifier="INCOMING_SSH_DISABLED", says="Nobody reaches SSH from everywhere."),
    Looked(
        title="NoAdministrationFromAnywhere",
        identifier="RESTRICTED_INCOMING_TRAFFIC",
        says="Nobody reaches remote desktops, databases or file shares from everywhere.",
        inputs={
            "blockedPort1": "3389",
            "blockedPort2": "5432",
            "blockedPort3": "6379",
            "blockedPort4": "3306",
            "blockedPort5": "445",
        },
    ),
    Looked(
        title="RootHasNoKeys",
        identifier="IAM_ROOT_ACCESS_KEY_CHECK",
        says="The root user has no access keys.",
        of_account=True,
    ),
    Looked(
        title="RootHasMfa",
        identifier="ROOT_ACCOUNT_MFA_ENABLED",
        says="The root user signs in with multi-factor authentication.",
        of_account=True,
    ),
    Looked(
        title="ConsoleUsersHaveMfa",
        identifier="MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
        says="Whoever signs in to the console has multi-factor authentication.",
        of_account=True,
    ),
    Looked(
        title="AccessKeysYoung",
        identifier="ACCESS_KEYS_ROTATED",
        says="No access key is older than 90 days.",
        inputs={"maxAccessKeyAge": "90"},
        of_account=True,
    ),
    Looked(
        title="TrailOn",
        identifier="MULTI_REGION_CLOUD_TRAIL_ENABLED",
        says="A trail records all regions.",
        of_account=True,
    ),
    Looked(
        title="TrailsEncrypted",
        identifier="CLOUD_TRAIL_ENCRYPTION_ENABLED",
        says="Trails are encrypted with a key of KMS.",
        of_account=True,
    ),
    Looked(
        title="TrailsValidated",
        identifier="CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
        says="Trails validate their files.",
        of_account=True,
    ),
    Looked(
        title="ResourcesTagged",
        identifier="REQUIRED_TAGS",
        says="Resources say whose they are.",
        # The rule takes six at most.
        inputs={
            f"tag{number}Key": key
            for number, key in enumerate(
                ("Project", "Environment", "Owner", "CostCenter", "Compliance", "ManagedBy"), start=1
            )
        },
        types=(
            "AWS::DynamoDB::Table",
            "AWS::EC2::Instance",
            "AWS::EC2::Subnet",
            "AWS::EC2::VPC",
            "AWS::EC2::Volume",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "AWS::RDS::DBInstance",
            "AWS::S3::Bucket",
        ),
    ),
)


def config_rules(stack: Stack, *, after: Sequence[str], mends: str, condition: str, at_home: str) -> None:
    """Make every rule, once the recorder and what else `after` names is there; those of the account `at_home` alone.

    Under the condition `mends` the runbooks run by themselves; otherwise people start them in the console of Config.
    """
    role = service_role(
        stack,
        "MendingRole",
        "ssm",
        [
            allow(
                "RunRunbooks",
                [ssm.GetAutomationExecution, ssm.StartAutomationExecution],
                _runbooks(),
            ),
            # A setting of the account has no resource level.
            allow("EncryptVolumes", [ec2.EnableEbsEncryptionByDefault, ec2.GetEbsEncryptionByDefault], "*"),
            allow(
                "HideDatabases",
                [rds.DescribeDBInstances, rds.ModifyDBInstance],
                Sub("arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:db:*"),
            ),
            allow(
                "RotateKeys",
                [kms.EnableKeyRotation, kms.GetKeyRotationStatus],
                Sub("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"),
            ),
        ],
        trust_conditions=[ArnLike({"aws:SourceArn": Sub(_RUNS)})],
        condition=condition,
    )
    stack.exempt(
        role,
        "E9303",
        "It mends whichever database or key of this account and region breaks a rule; which one, nobody knows before",
        owner="Platform engineering",
        review="2027-11-30",
    )
    for looked in LOOKED:
        where = at_home if looked.of_account else condition
        rule = ConfigRule(
            looked.title,
            Description=looked.says,
            Source=Source(Owner="AWS", SourceIdentifier=looked.identifier),
            DependsOn=list(after),
            Condition=where,
        )
        if looked.inputs:
            rule.InputParameters = dict(looked.inputs)
        if looked.types:
            rule.Scope = Scope(ComplianceResourceTypes=list(looked.types))
        stack.add(rule)
        if looked.mend:
            _remediation(stack, rule, looked.mend, role.get_att("Arn"), mends, where)


def _runbooks() -> list[Sub]:
    names = sorted(looked.mend.runbook for looked in LOOKED if looked.mend)
    definitions = [
        Sub(f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:*:automation-definition/{name}:*") for name in names
    ]
    return [*definitions, Sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:automation-execution/*")]


def _remediation(stack: Stack, rule: ConfigRule, mend: Mend, role_arn: Any, mends: str, condition: str) -> None:
    parameters: dict[str, Any] = {"AutomationAssumeRole": {"StaticValue": {"Values": [role_arn]}}}
    if mend.resource:
        parameters[mend.resource] = {"ResourceValue": {"Value": "RESOURCE_ID"}}
    stack.add(
        RemediationConfiguration(
            f"{rule.title}Mending",
            ConfigRuleName=rule.ref(),
            TargetType="SSM_DOCUMENT",
            TargetId=mend.runbook,
            Parameters=parameters,
            Automatic=If(mends, True, False),
            # Only what runs by itself is tried again.
            MaximumAutomaticAttempts=If(mends, _ATTEMPTS, NoValue),
            RetryAttemptSeconds=If(mends, _RETRY_SECONDS, NoValue),
            ExecutionControls=If(
                mends,
                ExecutionControls(
                    SsmControls=SsmControls(ConcurrentExecutionRatePercentage=_PERCENT, ErrorPercentage=_PERCENT)
                ),
                NoValue,
            ),
            Condition=condition,
        )
    )
