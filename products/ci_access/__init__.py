"""The product `ci-access`: what pipelines of other accounts and of GitHub may do in an environment."""

from __future__ import annotations

from pathlib import Path

from awacs import awslambda, cloudformation, servicecatalog, sts
from awacs.aws import Allow, ArnLike, Condition, Principal, Statement, StringEquals
from troposphere import AccountId, And, If, Not, Split, Sub
from troposphere import Condition as Holds
from troposphere.awslambda import Function

from factory.authoring import ENVIRONMENTS, Choice, Product, Requires, Stack, Text
from factory.authoring.policy import allow, document
from products.parts import contract
from products.parts.alarms import Metric, alarm
from products.parts.delivery.names import (
    SERVICE_TAG,
    WHY_KNOWN,
    deploy_role_name,
    deployer_name,
    pipeline_role_name,
)
from products.parts.functions import python_function
from products.parts.github_actions import HAS_GITHUB, GithubQuestions, github_conditions, github_role, github_rules
from products.parts.logs import retention_days
from products.parts.roles import grant, known_name, trusting_role

_FUNCTIONS = Path(__file__).parent / "functions"
_SERVICE = r"[a-z][a-z0-9-]{1,29}"
# Pipelines that deploy at the same time ask now and then; each answer takes a second or two.
_CALLS_AT_ONCE = 5
_TIMEOUT_SECONDS = 60

_DEPLOYS = "HasServices"
_BUILDS_ELSEWHERE = "BuildsElsewhere"
_UPDATES_LAUNCHES = "GithubUpdatesLaunches"


class CiAccess(GithubQuestions, Product):
    """What delivery pipelines may do in this environment: give named services a new image, and nothing more.

    Launch it in every environment that a delivery pipeline deploys to, the pipeline's own included. For GitHub Actions
    it makes a role that one repository takes on without any stored secret.
    """

    name = "ci-access"
    version = "1.1.0"

    access_name = Text(
        "Access name",
        group="Delivery pipelines",
        default="main",
        pattern=r"[a-z][a-z0-9-]{1,15}",
        constraint="2 to 16 lower-case letters, digits and hyphens, starting with a letter.",
        help="Services of one access trust each other's pipelines. Pipelines ask for the same name.",
    )
    services = Text(
        "Services",
        group="Delivery pipelines",
        default="",
        max_length=1000,
        pattern=rf"({_SERVICE}(,{_SERVICE}){{0,39}})?",
        constraint="Empty, or 1 to 40 names of launches joined by commas.",
        help="Names of the launches that get their images from pipelines; each pipeline updates the one of its name.",
    )
    build_account = Text(
        "Build account",
        group="Delivery pipelines",
        default="",
        pattern=r"(\d{12})?",
        constraint="Empty, or an account id of 12 digits.",
        help="Account that the pipelines and image repositories are in; empty for this one.",
    )
    build_environment = Choice(
        "Build environment",
        group="Delivery pipelines",
        options=ENVIRONMENTS,
        default="dev",
        help="Environment that the pipelines are launched in.",
    )
    github_owner = GithubQuestions.github_owner
    github_repository = GithubQuestions.github_repository
    github_branch = GithubQuestions.github_branch
    github_environment = GithubQuestions.github_environment
    github_provider = GithubQuestions.github_provider
    image_repository = GithubQuestions.image_repository
    ecs_service = GithubQuestions.ecs_service
    passed_roles = GithubQuestions.passed_roles
    log_retention = retention_days()
    key_arn = Requires(contract.KEY_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)

    def build(self, stack: Stack) -> None:
        self._conditions(stack)
        self._rules(stack)
        deployer = self._deployer(stack)
        self._deploy_role(stack, deployer)
        grant(github_role(stack, self), "UpdateLaunches", [self._call(deployer)], condition=_UPDATES_LAUNCHES)

    def _conditions(self, stack: Stack) -> None:
        github_conditions(stack)
        stack.condition(_DEPLOYS, Not(CiAccess.services.equals("")))
        stack.condition(_BUILDS_ELSEWHERE, Not(CiAccess.build_account.equals("")))
        stack.condition(_UPDATES_LAUNCHES, And(Holds(HAS_GITHUB), Holds(_DEPLOYS)))

    def _rules(self, stack: Stack) -> None:
        stack.rule(
            "SomebodyGetsAccess",
            (
                Not(And(CiAccess.services.equals(""), CiAccess.github_repository.equals(""))),
                "Name the services that pipelines update, or a GitHub repository.",
            ),
        )
        github_rules(stack)

    @property
    def _registry(self) -> If:
        """The account that images come from."""
        return If(_BUILDS_ELSEWHERE, self.build_account, AccountId)

    def _deployer(self, stack: Stack) -> Function:
        """The function that changes the images of launches, which no policy could hold to these launches alone."""
        function = python_function(
            stack,
            "Deployer",
            _FUNCTIONS / "deployer",
            [
                # Launches have no resource level, and no key that names them.
                allow(
                    "UpdateLaunches",
                    [
                        servicecatalog.DescribeProvisionedProduct,
                        servicecatalog.DescribeRecord,
                        servicecatalog.GetProvisionedProductOutputs,
                        servicecatalog.UpdateProvisionedProduct,
                    ],
                    "*",
                ),
                # Products belong to the hub, whose account this one does not know.
                allow(
                    "ReadForms",
                    [servicecatalog.DescribeProvisioningParameters],
                    Sub("arn:${AWS::Partition}:catalog:${AWS::Region}:*:product/*"),
                ),
                # Of any name: a stack that was there before it became a launch keeps its own.
                allow(
                    "ReadStacks",
                    [cloudformation.DescribeStackEvents, cloudformation.DescribeStacks],
                    Sub("arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/*"),
                ),
            ],
            description="Gives named launches another image",
            key=self.key_arn,
            retention=self.log_retention,
            outside_vpc="It calls AWS services alone, and nothing in a VPC",
            variables={"LAUNCHES": self.services, "REGISTRIES": self._registry},
            concurrency=_CALLS_AT_ONCE,
            timeout_seconds=_TIMEOUT_SECONDS,
            known_as=(Sub(deployer_name("${Environment}", "${AccessName}")), WHY_KNOWN),
            condition=_DEPLOYS,
        )
        stack.explain(function, "CKV_AWS_116", "It is called by pipelines, which get its errors as answers")
        alarm(
            stack,
            "DeployerFails",
            Sub(
                "Deployments to ${Environment} by access ${AccessName} were refused or failed; see the deployer's log."
            ),
            Metric(namespace="AWS/Lambda", name="Errors", statistic="Sum", dimensions={"FunctionName": function.ref()}),
            above=0,
            topic=self.warning_topic,
            condition=_DEPLOYS,
        )
        return function

    def _deploy_role(self, stack: Stack, deployer: Function) -> None:
        """The role that pipelines take on: each for its own service, from their role for this very environment."""
        pipelines = pipeline_role_name("${BuildEnvironment}", "*", "${Environment}")
        arn = Sub(f"arn:${{AWS::Partition}}:iam::${{Account}}:role/{pipelines}", Account=self._registry)
        trust = document(
            Statement(
                Sid="PipelinesOfTheServices",
                Effect=Allow,
                Principal=Principal("AWS", Sub("arn:${AWS::Partition}:iam::${Account}:root", Account=self._registry)),
                Action=[sts.AssumeRole],
                Condition=Condition(
                    [
                        ArnLike({"aws:PrincipalArn": arn}),
                        StringEquals({f"aws:PrincipalTag/{SERVICE_TAG}": Split(",", self.services)}),
                    ]
                ),
            )
        )
        role = trusting_role(stack, "DeployRole", trust, [self._call(deployer)], condition=_DEPLOYS)
        known_name(stack, role, Sub(deploy_role_name("${Environment}", "${AccessName}")), WHY_KNOWN)
        stack.provide(contract.DEPLOY_ROLE_ARN, role.get_att("Arn"), provider=CiAccess.access_name, condition=_DEPLOYS)

    @staticmethod
    def _call(deployer: Function) -> Statement:
        return allow("CallDeployer", [awslambda.InvokeFunction], deployer.get_att("Arn"))
