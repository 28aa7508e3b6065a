"""The product `ci-access`: what pipelines of other accounts and of GitHub may do in an environment."""

from __future__ import annotations

from pathlib import Path

from awacs import awslambda, cloudformation, ecr, ecs, iam, servicecatalog, sts
from awacs.aws import Allow, ArnLike, Condition, PolicyDocument, Principal, Statement, StringEquals, StringLike
from troposphere import AccountId, And, If, Not, Or, Split, Sub
from troposphere import Condition as Holds
from troposphere.awslambda import Function
from troposphere.iam import OIDCProvider, Role

from factory.authoring import ENVIRONMENTS, Choice, Flag, Product, Requires, Stack, Text
from factory.authoring.policy import allow, document
from products.parts import contract
from products.parts.alarms import Metric, alarm
from products.parts.delivery import (
    SERVICE_TAG,
    WHY_KNOWN,
    deploy_role_name,
    deployer_name,
    pipeline_role_name,
)
from products.parts.functions import python_function
from products.parts.images import PULL, PUSH
from products.parts.logs import retention_days
from products.parts.roles import grant, known_name, trusting_role

_FUNCTIONS = Path(__file__).parent / "functions"
_SERVICE = r"[a-z][a-z0-9-]{1,29}"
_ROLE = r"arn:[a-z-]+:iam::\d{12}:role/[A-Za-z0-9_+=.@/-]+"
# Pipelines that deploy at the same time ask now and then; each answer takes a second or two.
_CALLS_AT_ONCE = 5
_TIMEOUT_SECONDS = 60

_DEPLOYS = "HasServices"
_BUILDS_ELSEWHERE = "BuildsElsewhere"
_GITHUB = "HasGithub"
_NEW_PROVIDER = "MakesProvider"
_BY_ENVIRONMENT = "GithubEnvironmentIsNamed"
_PUSHES = "GithubPushes"
_UPDATES_ECS = "GithubUpdatesEcs"
_PASSES = "GithubPassesRoles"
_UPDATES_LAUNCHES = "GithubUpdatesLaunches"
_TOKENS = "token.actions.githubusercontent.com"


class CiAccess(Product):
    """What delivery pipelines may do in this environment: give named services a new image, and nothing more.

    Launch it in every environment that a delivery pipeline deploys to, the pipeline's own included. For GitHub Actions
    it makes a role that one repository takes on without any stored secret.
    """

    name = "ci-access"
    version = "1.0.0"

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
    github_owner = Text(
        "GitHub owner",
        group="GitHub Actions",
        default="",
        pattern=r"([A-Za-z0-9-]{1,39})?",
        constraint="Empty, or the name of an organization or user of GitHub.",
        help="Organization or user whose repository it is; empty for none.",
    )
    github_repository = Text(
        "GitHub repository",
        group="GitHub Actions",
        default="",
        pattern=r"([A-Za-z0-9._-]{1,100})?",
        constraint="Empty, or the name of a repository.",
        help="Repository whose workflows take on a role here.",
    )
    github_branch = Text(
        "GitHub branch",
        group="GitHub Actions",
        default="main",
        pattern=r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}\*?",
        constraint="A branch; a * at its end stands for any characters.",
        help="Workflows of other branches stay out. Not asked where an environment of GitHub is named.",
    )
    github_environment = Text(
        "GitHub environment",
        group="GitHub Actions",
        default="",
        pattern=r"([A-Za-z0-9][A-Za-z0-9._-]{0,99})?",
        constraint="Empty, or the name of an environment.",
        help="Only jobs of this environment of GitHub come in, whose protection rules say which branches it takes.",
    )
    github_provider = Flag(
        "Make GitHub's identity provider",
        default=True,
        group="GitHub Actions",
        help="An account has one provider for GitHub at most: false where there is one already.",
    )
    image_repository = Text(
        "Image repository",
        group="GitHub Actions",
        default="",
        pattern=rf"({_SERVICE})?",
        constraint="Empty, or the name of an image repository of this environment.",
        help="Repository of images that the workflows push to; empty for none.",
    )
    ecs_service = Text(
        "ECS service",
        group="GitHub Actions",
        default="",
        pattern=r"([A-Za-z0-9][A-Za-z0-9_-]{0,254})?",
        constraint="Empty, or the name of a service in ECS.",
        help="Service of the cluster, outside of the catalog, that the workflows deploy by themselves; empty for none.",
    )
    passed_roles = Text(
        "Roles of its tasks",
        group="GitHub Actions",
        default="",
        pattern=rf"({_ROLE}(,{_ROLE}){{0,4}})?",
        constraint="Empty, or the ARNs of 1 to 5 roles joined by commas.",
        help="ARNs of the roles that tasks of that service may have.",
    )
    log_retention = retention_days()
    key_arn = Requires(contract.KEY_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)

    def build(self, stack: Stack) -> None:
        self._conditions(stack)
        self._rules(stack)
        deployer = self._deployer(stack)
        self._deploy_role(stack, deployer)
        self._github(stack, deployer)

    def _conditions(self, stack: Stack) -> None:
        github = And(Not(CiAccess.github_owner.equals("")), Not(CiAccess.github_repository.equals("")))
        stack.condition(_DEPLOYS, Not(CiAccess.services.equals("")))
        stack.condition(_BUILDS_ELSEWHERE, Not(CiAccess.build_account.equals("")))
        stack.condition(_GITHUB, github)
        stack.condition(_NEW_PROVIDER, And(Holds(_GITHUB), CiAccess.github_provider.equals("true")))
        stack.condition(_BY_ENVIRONMENT, Not(CiAccess.github_environment.equals("")))
        stack.condition(_PUSHES, And(Holds(_GITHUB), Not(CiAccess.image_repository.equals(""))))
        stack.condition(_UPDATES_ECS, And(Holds(_GITHUB), Not(CiAccess.ecs_service.equals(""))))
        stack.condition(_PASSES, And(Holds(_UPDATES_ECS), Not(CiAccess.passed_roles.equals(""))))
        stack.condition(_UPDATES_LAUNCHES, And(Holds(_GITHUB), Holds(_DEPLOYS)))

    def _rules(self, stack: Stack) -> None:
        no_owner, no_github = CiAccess.github_owner.equals(""), CiAccess.github_repository.equals("")
        stack.rule(
            "SomebodyGetsAccess",
            (
                Not(And(CiAccess.services.equals(""), no_github)),
                "Name the services that pipelines update, or a GitHub repository.",
            ),
        )
        stack.rule(
            "OwnerAndRepositoryGoTogether",
            (
                Or(And(no_owner, no_github), And(Not(no_owner), Not(no_github))),
                "Name both the owner and the repository of GitHub, or neither.",
            ),
        )
        stack.rule(
            "GithubNeedsARepository",
            (
                Not(
                    Or(
                        Not(CiAccess.image_repository.equals("")),
                        Not(CiAccess.ecs_service.equals("")),
                    )
                ),
                "Name the GitHub repository whose workflows this is for.",
            ),
            when=no_github,
        )
        stack.rule(
            "RolesBelongToAService",
            (Not(CiAccess.ecs_service.equals("")), "Name the ECS service whose tasks have these roles."),
            when=Not(CiAccess.passed_roles.equals("")),
        )

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
                allow(
                    "ReadStacks",
                    [cloudformation.DescribeStackEvents, cloudformation.DescribeStacks],
                    Sub(
                        "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}"
                        ":stack/SC-${AWS::AccountId}-pp-*"
                    ),
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
        call = allow("CallDeployer", [awslambda.InvokeFunction], deployer.get_att("Arn"))
        role = trusting_role(stack, "DeployRole", trust, [call], condition=_DEPLOYS)
        known_name(stack, role, Sub(deploy_role_name("${Environment}", "${AccessName}")), WHY_KNOWN)
        stack.provide(contract.DEPLOY_ROLE_ARN, role.get_att("Arn"), provider=CiAccess.access_name, condition=_DEPLOYS)

    def _github(self, stack: Stack, deployer: Function) -> None:
        stack.add(
            OIDCProvider(
                "IdentityProvider",
                Url=f"https://{_TOKENS}",
                ClientIdList=["sts.amazonaws.com"],
                Condition=_NEW_PROVIDER,
            )
        )
        role = trusting_role(stack, "GithubRole", self._workflows(), [], condition=_GITHUB)
        self._grants(stack, role, deployer)
        stack.output(
            "GithubRoleArn", role.get_att("Arn"), "Role that the workflows take on: role-to-assume.", condition=_GITHUB
        )

    @staticmethod
    def _workflows() -> PolicyDocument:
        """Who takes on the role: workflows of one repository and, of these, one environment or branch.

        Source: GitHub Docs, "OpenID Connect reference", on the subject of tokens.
        """
        # A provider's ARN follows from its address, whoever made it.
        provider = Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{_TOKENS}")
        subject = If(
            _BY_ENVIRONMENT,
            Sub("repo:${GithubOwner}/${GithubRepository}:environment:${GithubEnvironment}"),
            Sub("repo:${GithubOwner}/${GithubRepository}:ref:refs/heads/${GithubBranch}"),
        )
        return document(
            Statement(
                Effect=Allow,
                Principal=Principal("Federated", provider),
                Action=[sts.AssumeRoleWithWebIdentity],
                Condition=Condition(
                    [StringEquals({f"{_TOKENS}:aud": "sts.amazonaws.com"}), StringLike({f"{_TOKENS}:sub": subject})]
                ),
            )
        )

    def _grants(self, stack: Stack, role: Role, deployer: Function) -> None:
        repository = stack.find(contract.REPOSITORY_ARN, provider=CiAccess.image_repository)
        # Getting a token has no resource level.
        sign_in = allow("SignIn", [ecr.GetAuthorizationToken], "*")
        grant(role, "PushImages", [sign_in, allow("Push", [*PULL, *PUSH], repository)], condition=_PUSHES)
        cluster = stack.find(contract.CLUSTER_NAME)
        service = Sub(
            "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:service/${Cluster}/${EcsService}",
            Cluster=cluster,
        )
        family = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/${EcsService}:*"
        grant(
            role,
            "UpdateService",
            [
                allow("Update", [ecs.DescribeServices, ecs.UpdateService], service),
                allow("Register", [ecs.RegisterTaskDefinition], Sub(family)),
                # Reading a task definition has no resource level.
                allow("Read", [ecs.DescribeTaskDefinition], "*"),
            ],
            condition=_UPDATES_ECS,
        )
        to_tasks = StringEquals({"iam:PassedToService": "ecs-tasks.amazonaws.com"})
        passing = allow("PassRoles", [iam.PassRole], Split(",", self.passed_roles), when=[to_tasks])
        grant(role, "PassTaskRoles", [passing], condition=_PASSES)
        call = allow("CallDeployer", [awslambda.InvokeFunction], deployer.get_att("Arn"))
        grant(role, "UpdateLaunches", [call], condition=_UPDATES_LAUNCHES)
