"""The template that prepares an account for the factory: artifact bucket in the hub, the launcher's role everywhere."""

from __future__ import annotations

import json

from awacs import account, cloudformation, iam, kms, s3, servicecatalog, ssm, sts
from awacs.aws import Allow, AWSPrincipal, Principal, Statement, StringEquals
from troposphere import AccountId as ThisAccount
from troposphere import (
    Equals,
    If,
    Not,
    NoValue,
    Parameter,
    Ref,
    Sub,
    Tags,
    Template,
)
from troposphere.iam import Policy, Role
from troposphere.kms import Key
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    LifecycleConfiguration,
    LifecycleRule,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)
from troposphere.ssm import Parameter as SsmParameter

from factory.authoring.contract import PREFIX
from factory.authoring.policy import allow, deny_plain_http, document
from factory.authoring.product import ASSET_BUCKET

STACK_NAME = "factory-account"
LAUNCHER_ROLE = "factory-launcher"

_BOUNDED = "RolesAreBounded"
_HUB = "IsHub"
_ROLES = "MakesRoles"
_TAGS = Tags(ManagedBy="product-factory", Product="factory")


def account_template() -> str:
    """The template for the hub and for every environment's account, in each of their regions.

    Conditions tell the accounts apart, so that the hub may hold an environment too. Roles are global: the launcher's is
    made in the account's first region alone (`MakeRoles`).
    """
    template = Template(
        Description="What an account needs before the product factory publishes to it or launches in it"
    )
    for name, description, more in (
        ("HubAccount", "Account that owns the portfolios.", {}),
        ("EnvironmentAccounts", "Accounts that launch, separated by commas.", {"Type": "CommaDelimitedList"}),
        ("AssetBucketName", "Artifact bucket of this region, in the hub.", {}),
        ("MakeRoles", "Whether this is the account's first region.", {"AllowedValues": ["true", "false"]}),
        ("PermissionsBoundary", "ARN of the policy that bounds the launcher; empty for none.", {"Default": ""}),
    ):
        template.add_parameter(Parameter(name, **{"Type": "String", "Description": description, **more}))
    template.add_condition(_HUB, Equals(ThisAccount, Ref("HubAccount")))
    template.add_condition(_ROLES, Equals(Ref("MakeRoles"), "true"))
    template.add_condition(_BOUNDED, Not(Equals(Ref("PermissionsBoundary"), "")))
    template.add_resource(
        SsmParameter(
            "AssetBucketContract",
            Name=ASSET_BUCKET.key(),
            Type="String",
            Value=Ref("AssetBucketName"),
            Description=ASSET_BUCKET.description,
            Tags={"ManagedBy": "product-factory", "Product": "factory"},
        )
    )
    _artifact_bucket(template)
    template.add_resource(_launcher())
    body = {**template.to_dict(), "AWSTemplateFormatVersion": "2010-09-09"}
    # Compact, since it is handed to CloudFormation inline, which takes 51,200 bytes.
    return json.dumps(body, separators=(",", ":"), sort_keys=True)


def _artifact_bucket(template: Template) -> None:
    """Versioned, encrypted, readable by the accounts that launch."""
    environments = AWSPrincipal(Ref("EnvironmentAccounts"))
    administrators = AWSPrincipal(Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))
    key = template.add_resource(
        Key(
            "ArtifactKey",
            Condition=_HUB,
            Description="Templates and function code of the product factory",
            EnableKeyRotation=True,
            PendingWindowInDays=30,
            KeyPolicy=document(
                Statement(
                    Sid="ThisAccount", Effect=Allow, Principal=administrators, Action=[kms.Action("*")], Resource=["*"]
                ),
                allow(
                    "ReadThroughS3",
                    [kms.Decrypt],
                    "*",
                    to=environments,
                    when=[StringEquals({"kms:ViaService": Sub("s3.${AWS::Region}.${AWS::URLSuffix}")})],
                ),
            ),
            Tags=_TAGS,
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )
    encryption = ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=key.get_att("Arn"))
    bucket = template.add_resource(
        Bucket(
            "Artifacts",
            Condition=_HUB,
            BucketName=Ref("AssetBucketName"),
            BucketEncryption=BucketEncryption(
                ServerSideEncryptionConfiguration=[
                    ServerSideEncryptionRule(ServerSideEncryptionByDefault=encryption, BucketKeyEnabled=True)
                ]
            ),
            VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
            PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
                BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
            ),
            OwnershipControls=OwnershipControls(Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
            LifecycleConfiguration=LifecycleConfiguration(
                Rules=[
                    LifecycleRule(
                        Id="abandoned-uploads",
                        Status="Enabled",
                        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
                    )
                ]
            ),
            Tags=_TAGS,
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )
    objects = Sub("${Artifacts.Arn}/*")
    template.add_resource(
        BucketPolicy(
            "ArtifactsPolicy",
            Condition=_HUB,
            Bucket=bucket.ref(),
            PolicyDocument=document(
                deny_plain_http([s3.Action("*")], [bucket.get_att("Arn"), objects]),
                allow("EnvironmentsRead", [s3.GetObject, s3.GetObjectTagging], objects, to=environments),
            ),
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )


def _launcher() -> Role:
    """The role with which `factory launch` and pipelines of the hub work in an environment's account."""
    # Any stack, as one that `factory import stack` makes a launch keeps its name.
    stacks = Sub("arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/*")
    # To watch, not to make them: who may make stack sets deploys anything wherever their roles reach.
    stack_sets = Sub("arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset/SC-${AWS::AccountId}-*")
    return Role(
        "Launcher",
        Condition=_ROLES,
        RoleName=LAUNCHER_ROLE,
        Description="Launches products of the catalog in this account",
        AssumeRolePolicyDocument=document(
            Statement(
                Effect=Allow,
                Principal=Principal("AWS", Sub("arn:${AWS::Partition}:iam::${HubAccount}:root")),
                Action=[sts.AssumeRole],
            )
        ),
        PermissionsBoundary=If(_BOUNDED, Ref("PermissionsBoundary"), NoValue),
        Policies=[
            Policy(
                PolicyName="launch",
                PolicyDocument=document(
                    allow(
                        "UseCatalog",
                        [
                            servicecatalog.DescribeProduct,
                            servicecatalog.DescribeProductView,
                            servicecatalog.DescribeProvisionedProduct,
                            servicecatalog.DescribeProvisioningArtifact,
                            servicecatalog.DescribeProvisioningParameters,
                            servicecatalog.DescribeRecord,
                            servicecatalog.GetProvisionedProductOutputs,
                            servicecatalog.ImportAsProvisionedProduct,
                            servicecatalog.ListLaunchPaths,
                            servicecatalog.ListProvisioningArtifacts,
                            servicecatalog.ListRecordHistory,
                            servicecatalog.ListStackInstancesForProvisionedProduct,
                            servicecatalog.ProvisionProduct,
                            servicecatalog.ScanProvisionedProducts,
                            servicecatalog.SearchProducts,
                            servicecatalog.SearchProvisionedProducts,
                            servicecatalog.TerminateProvisionedProduct,
                            servicecatalog.UpdateProvisionedProduct,
                        ],
                        "*",
                    ),
                    allow(
                        "AcceptShares",
                        [
                            servicecatalog.AcceptPortfolioShare,
                            servicecatalog.AssociatePrincipalWithPortfolio,
                            servicecatalog.DisassociatePrincipalFromPortfolio,
                            servicecatalog.ListAcceptedPortfolioShares,
                            servicecatalog.ListPrincipalsForPortfolio,
                        ],
                        "*",
                    ),
                    allow(
                        "WatchStacks",
                        [
                            cloudformation.DescribeStackEvents,
                            cloudformation.DescribeStacks,
                            cloudformation.GetTemplate,
                            cloudformation.ListStackResources,
                        ],
                        stacks,
                    ),
                    allow(
                        "WatchStackSets",
                        [
                            cloudformation.DescribeStackSet,
                            cloudformation.ListStackInstances,
                            cloudformation.ListStackSetOperations,
                        ],
                        stack_sets,
                    ),
                    # What `factory doctor` looks at. Neither takes a narrower resource.
                    allow("ExamineAccount", [account.ListRegions, iam.GetAccountAuthorizationDetails], "*"),
                    allow(
                        "ReadContract",
                        [ssm.GetParameter, ssm.GetParameters],
                        Sub(f"arn:${{AWS::Partition}}:ssm:*:${{AWS::AccountId}}:parameter{PREFIX}/*"),
                    ),
                ),
            )
        ],
        Tags=_TAGS,
    )
