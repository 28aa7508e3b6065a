"""The role with which products are launched in an environment's account."""

from __future__ import annotations

from awacs import cloudformation, cognito_idp, dynamodb, elasticloadbalancing, rds, servicecatalog, ssm, sts
from awacs.aws import Allow, Principal, Statement
from troposphere import If, NoValue, Ref, Sub
from troposphere.iam import Policy, Role

from factory.authoring.contract import PREFIX
from factory.authoring.policy import allow, document
from factory.synthesis.account import statements
from factory.synthesis.account.names import BOUNDED, LAUNCHER_ROLE, ROLES, TAGS


def launcher() -> Role:
    """The role with which `factory launch` and pipelines of the hub work in an environment's account."""
    # Any stack, as one that `factory import stack` makes a launch keeps its name.
    stacks = Sub("arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/*")
    # To watch, not to make them: who may make stack sets deploys anything wherever their roles reach.
    stack_sets = Sub("arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stackset/SC-${AWS::AccountId}-*")
    return Role(
        "Launcher",
        Condition=ROLES,
        RoleName=LAUNCHER_ROLE,
        Description="Launches products of the catalog in this account",
        AssumeRolePolicyDocument=document(
            Statement(
                Effect=Allow,
                Principal=Principal("AWS", Sub("arn:${AWS::Partition}:iam::${HubAccount}:root")),
                Action=[sts.AssumeRole],
            )
        ),
        PermissionsBoundary=If(BOUNDED, Ref("PermissionsBoundary"), NoValue),
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
                            servicecatalog.ListPrincipalsForPortfolio,
                        ],
                        statements.shared_portfolios(),
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
                    # What `factory down` asks about before it begins; names and ids are CloudFormation's to choose.
                    allow(
                        "SeeProtection",
                        [
                            cognito_idp.DescribeUserPool,
                            dynamodb.DescribeTable,
                            elasticloadbalancing.DescribeLoadBalancerAttributes,
                            rds.DescribeDBClusters,
                            rds.DescribeDBInstances,
                        ],
                        "*",
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
                    allow(
                        "ReadContract",
                        [ssm.GetParameter, ssm.GetParameters],
                        Sub(f"arn:${{AWS::Partition}}:ssm:*:${{AWS::AccountId}}:parameter{PREFIX}/*"),
                    ),
                ),
            )
        ],
        Tags=TAGS,
    )
