"""What the publisher and the reader may do, statement by statement: in the hub, and in an environment's account.

Where Service Catalog has no resource-level permissions for an action (Service Authorization Reference, "Actions,
resources, and condition keys for AWS Service Catalog"), it is allowed on `*`. What is the factory's own is told by its
ownership tags; without one it can be read, because only reading tells whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from awacs import (
    account,
    awslambda,
    cloudformation,
    iam,
    kms,
    logs,
    organizations,
    s3,
    servicecatalog,
    servicequotas,
    ssm,
    sts,
)
from awacs.aws import Action, Allow, Condition, Null, Statement, StringEquals, StringLike
from troposphere import Ref, Sub

from factory.authoring.contract import DEFAULT_INSTANCE, PREFIX
from factory.authoring.policy import allow
from factory.catalog.marks import PORTFOLIO_TAG, PRODUCT_TAG

_PORTFOLIOS = "arn:${AWS::Partition}:catalog:*:${AWS::AccountId}:portfolio/*"
_PRODUCTS = "arn:${AWS::Partition}:catalog:*:${AWS::AccountId}:product/*"
_OF_THE_HUB = "arn:${AWS::Partition}:catalog:*:${HubAccount}:portfolio/*"
_BUCKETS = "arn:${AWS::Partition}:s3:::factory-artifacts-${AWS::AccountId}-*"
# As CloudFormation names that of the pipeline.
_PIPELINE_BUCKETS = "arn:${AWS::Partition}:s3:::factory-pipeline-*"


def reading_in_hub(*environment_roles: str) -> Iterator[Statement]:
    """What a plan reads in the hub, and the roles of the environments' accounts that it looks with."""
    yield allow(
        "ListCatalog",
        [
            servicecatalog.DescribeConstraint,
            servicecatalog.ListConstraintsForPortfolio,
            servicecatalog.ListPortfolios,
            servicecatalog.SearchProductsAsAdmin,
            servicecatalog.SearchProvisionedProducts,
        ],
        "*",
    )
    yield allow(
        "ReadPortfolios",
        [
            servicecatalog.DescribePortfolio,
            servicecatalog.DescribePortfolioShares,
            servicecatalog.ListPrincipalsForPortfolio,
        ],
        Sub(_PORTFOLIOS),
    )
    yield allow(
        "ReadProducts",
        [servicecatalog.DescribeProductAsAdmin, servicecatalog.ListProvisioningArtifacts],
        Sub(_PRODUCTS),
    )
    yield allow("ListArtifacts", [s3.ListBucket], Sub(_BUCKETS))
    yield allow("ReadArtifacts", [s3.GetObject], [Sub(f"{_BUCKETS}/assets/*"), Sub(f"{_BUCKETS}/templates/*")])
    yield _through_s3("DecryptArtifacts", kms.Decrypt)
    yield _parameters("ReadOwnParameters")
    yield allow(
        "LookIntoEnvironments",
        [sts.AssumeRole],
        [Sub(f"arn:${{AWS::Partition}}:iam::*:role/{name}") for name in environment_roles],
    )


def publishing_in_hub() -> Iterator[Statement]:
    """What a publication does in the hub, beside reading."""
    yield allow(
        "CreatePortfolios",
        [servicecatalog.CreatePortfolio],
        Sub(_PORTFOLIOS),
        when=[Null({f"aws:RequestTag/{PORTFOLIO_TAG}": "false"})],
    )
    yield allow(
        "ChangeOwnPortfolios",
        [
            servicecatalog.AssociatePrincipalWithPortfolio,
            servicecatalog.AssociateTagOptionWithResource,
            servicecatalog.CreatePortfolioShare,
            servicecatalog.DeletePortfolio,
            servicecatalog.DeletePortfolioShare,
            servicecatalog.DisassociatePrincipalFromPortfolio,
            servicecatalog.DisassociateTagOptionFromResource,
            servicecatalog.UpdatePortfolio,
            servicecatalog.UpdatePortfolioShare,
        ],
        Sub(_PORTFOLIOS),
        when=[Null({f"aws:ResourceTag/{PORTFOLIO_TAG}": "false"})],
    )
    yield allow(
        "CreateProducts",
        [servicecatalog.CreateProduct],
        Sub(_PRODUCTS),
        when=[Null({f"aws:RequestTag/{PRODUCT_TAG}": "false"})],
    )
    yield allow(
        "ChangeOwnProducts",
        [
            servicecatalog.CreateConstraint,
            servicecatalog.CreateProvisioningArtifact,
            servicecatalog.DeleteProduct,
            servicecatalog.DeleteProvisioningArtifact,
            servicecatalog.DescribeProvisioningArtifact,
            servicecatalog.UpdateProduct,
            servicecatalog.UpdateProvisioningArtifact,
        ],
        Sub(_PRODUCTS),
        when=[Null({f"aws:ResourceTag/{PRODUCT_TAG}": "false"})],
    )
    yield allow(
        "ArrangeCatalog",
        [
            servicecatalog.AssociateProductWithPortfolio,
            servicecatalog.CreateTagOption,
            servicecatalog.DeleteConstraint,
            servicecatalog.DescribePortfolioShareStatus,
            servicecatalog.DisassociateProductFromPortfolio,
            servicecatalog.GetAWSOrganizationsAccessStatus,
            servicecatalog.ListTagOptions,
            servicecatalog.UpdateConstraint,
            servicecatalog.UpdateTagOption,
        ],
        "*",
    )
    yield allow("ValidateTemplates", [cloudformation.ValidateTemplate], "*")
    yield allow(
        "WriteArtifacts",
        [s3.PutObject, s3.PutObjectTagging],
        [Sub(f"{_BUCKETS}/assets/*"), Sub(f"{_BUCKETS}/templates/*")],
    )
    yield _through_s3("EncryptArtifacts", kms.GenerateDataKey)
    # The parameter is a list, so that it can't stand in one.
    yield Statement(
        Sid="NameLaunchRoles",
        Effect=Allow,
        Action=[iam.PassRole],
        Resource=Ref("LaunchRoles"),
        Condition=Condition(StringEquals({"iam:PassedToService": "servicecatalog.amazonaws.com"})),
    )


def reading_in_environment() -> Iterator[Statement]:
    """What a plan reads in an environment's account."""
    yield allow("ListLaunches", [servicecatalog.SearchProvisionedProducts], "*")
    yield allow("ReadSharedPortfolios", [servicecatalog.ListPrincipalsForPortfolio], shared_portfolios())
    yield _parameters("ReadOwnParameters")


def publishing_in_environment() -> Iterator[Statement]:
    """What a publication does in an environment's account, beside reading."""
    yield allow(
        "UseSharedPortfolios",
        [
            servicecatalog.AcceptPortfolioShare,
            servicecatalog.AssociatePrincipalWithPortfolio,
            servicecatalog.DisassociatePrincipalFromPortfolio,
        ],
        shared_portfolios(),
    )


def shared_portfolios() -> list[Sub]:
    """Portfolios of the hub and of the account itself, whichever IAM is asked about."""
    # Whether a shared portfolio is asked about as the hub's or as this account's is not documented.
    return [Sub(_PORTFOLIOS), Sub(_OF_THE_HUB)]


def _parameters(sid: str) -> Statement:
    """The factory's own parameters: where the artifact bucket is, and what the launch roles were made from."""
    path = f"parameter{PREFIX}/{DEFAULT_INSTANCE}/factory/*"
    return allow(sid, [ssm.GetParameter], Sub(f"arn:${{AWS::Partition}}:ssm:*:${{AWS::AccountId}}:{path}"))


def looking_closer() -> Iterator[Statement]:
    """What only looking needs, in any account: stacks of the factory and of launches, roles, quotas and the rest.

    None of what is allowed on `*` has resource-level permissions.
    """
    stacks = "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack"
    yield allow(
        "ReadStacks",
        [cloudformation.DescribeStacks, cloudformation.GetTemplate, cloudformation.ListStackResources],
        [Sub(f"{stacks}/factory-*"), Sub(f"{stacks}/SC-${{AWS::AccountId}}-*")],
    )
    yield allow(
        "ExamineAccount",
        [
            account.ListRegions,
            awslambda.GetAccountSettings,
            iam.GetAccountAuthorizationDetails,
            servicecatalog.DescribeRecord,
            servicecatalog.GetAWSOrganizationsAccessStatus,
            servicecatalog.ListAcceptedPortfolioShares,
            servicequotas.ListServiceQuotas,
        ],
        "*",
    )
    path = f"parameter{PREFIX}/{DEFAULT_INSTANCE}/factory/*"
    parameters = Sub(f"arn:${{AWS::Partition}}:ssm:*:${{AWS::AccountId}}:{path}")
    yield allow("ExamineOwnParameters", [ssm.GetParameters], parameters)


def looking_at_stack_sets() -> Iterator[Statement]:
    """What only looking needs where launch roles come by stack set."""
    # A delegated administrator's stack sets are the management account's.
    stack_sets = "arn:${AWS::Partition}:cloudformation:*:*:stackset/factory-*"
    yield allow(
        "ExamineStackSets", [cloudformation.DescribeStackSet, cloudformation.ListStackInstances], Sub(stack_sets)
    )
    yield allow(
        "ExamineOrganization",
        [cloudformation.DescribeOrganizationsAccess, organizations.DescribeOrganization],
        "*",
    )


def looking_into_history() -> Iterator[Statement]:
    """What finds artifacts that somebody deleted."""
    yield allow("ListDeletedArtifacts", [s3.ListBucketVersions], Sub(_BUCKETS))
    artifacts = [Sub(f"{_BUCKETS}/assets/*"), Sub(f"{_BUCKETS}/templates/*")]
    yield allow("ReadDeletedArtifacts", [s3.GetObjectVersion], artifacts)


def looking_into_buckets() -> Iterator[Statement]:
    """What only looking needs of the artifact buckets and their keys."""
    yield allow(
        "ExamineBuckets",
        [s3.GetBucketPolicy, s3.GetBucketPublicAccessBlock, s3.GetBucketTagging, s3.GetEncryptionConfiguration],
        [Sub(_BUCKETS), Sub(_PIPELINE_BUCKETS)],
    )
    yield allow(
        "ExamineKeys",
        [kms.DescribeKey, kms.GetKeyPolicy, kms.GetKeyRotationStatus, kms.ListResourceTags],
        Sub("arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*"),
        when=[StringEquals({"aws:ResourceTag/ManagedBy": "product-factory"})],
    )


def looking_for_leftovers() -> Iterator[Statement]:
    """What finds that which an earlier stack of the hub left behind."""
    yield allow("ListStacksAndLogs", [cloudformation.ListStacks, logs.DescribeLogGroups], "*")
    stacks = Sub("arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/factory-*")
    yield allow("ReadEvents", [cloudformation.DescribeStackEvents], stacks)
    groups = Sub("arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:factory-*")
    yield allow("ReadTagsOfLogs", [logs.ListTagsForResource], groups)


def _through_s3(sid: str, action: Action) -> Statement:
    keys = Sub("arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/*")
    return allow(
        sid,
        [action],
        keys,
        when=[
            StringLike({"kms:ViaService": Sub("s3.*.${AWS::URLSuffix}")}),
            StringEquals({"aws:ResourceTag/ManagedBy": "product-factory"}),
        ],
    )
