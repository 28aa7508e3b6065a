"""GitHub Actions in an environment: the workflows of one repository take on a role, without stored keys."""

from __future__ import annotations

from awacs import ecr, ecs, iam, sts
from awacs.aws import Allow, Condition, PolicyDocument, Principal, Statement, StringEquals, StringLike
from troposphere import And, If, Not, Or, Split, Sub
from troposphere import Condition as Holds
from troposphere.iam import OIDCProvider, Role

from factory.authoring import Flag, Stack, Text
from factory.authoring.policy import allow, document
from products.parts import contract
from products.parts.images import PULL, PUSH
from products.parts.roles import grant, trusting_role

HAS_GITHUB = "HasGithub"
"""The condition that workflows come in."""

_NAME = r"[a-z][a-z0-9-]{1,29}"
_ROLE = r"arn:[a-z-]+:iam::\d{12}:role/[A-Za-z0-9_+=.@/-]+"
_NEW_PROVIDER = "MakesProvider"
_BY_ENVIRONMENT = "GithubEnvironmentIsNamed"
_PUSHES = "GithubPushes"
_UPDATES_ECS = "GithubUpdatesEcs"
_PASSES = "GithubPassesRoles"
_TOKENS = "token.actions.githubusercontent.com"


class GithubQuestions:
    """Which workflows come in, and what they may do."""

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
        pattern=rf"({_NAME})?",
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


def github_conditions(stack: Stack) -> None:
    """What the launch is made with."""
    named = And(Not(GithubQuestions.github_owner.equals("")), Not(GithubQuestions.github_repository.equals("")))
    stack.condition(HAS_GITHUB, named)
    stack.condition(_NEW_PROVIDER, And(Holds(HAS_GITHUB), GithubQuestions.github_provider.equals("true")))
    stack.condition(_BY_ENVIRONMENT, Not(GithubQuestions.github_environment.equals("")))
    stack.condition(_PUSHES, And(Holds(HAS_GITHUB), Not(GithubQuestions.image_repository.equals(""))))
    stack.condition(_UPDATES_ECS, And(Holds(HAS_GITHUB), Not(GithubQuestions.ecs_service.equals(""))))
    stack.condition(_PASSES, And(Holds(_UPDATES_ECS), Not(GithubQuestions.passed_roles.equals(""))))


def github_rules(stack: Stack) -> None:
    """What would make no sense."""
    no_owner, no_github = GithubQuestions.github_owner.equals(""), GithubQuestions.github_repository.equals("")
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
                    Not(GithubQuestions.image_repository.equals("")),
                    Not(GithubQuestions.ecs_service.equals("")),
                )
            ),
            "Name the GitHub repository whose workflows this is for.",
        ),
        when=no_github,
    )
    stack.rule(
        "RolesBelongToAService",
        (Not(GithubQuestions.ecs_service.equals("")), "Name the ECS service whose tasks have these roles."),
        when=Not(GithubQuestions.passed_roles.equals("")),
    )


def github_role(stack: Stack, asked: GithubQuestions) -> Role:
    """The role of the workflows, with what the launch lets them do, and the identity provider if it is to be made."""
    stack.add(
        OIDCProvider(
            "IdentityProvider",
            Url=f"https://{_TOKENS}",
            ClientIdList=["sts.amazonaws.com"],
            Condition=_NEW_PROVIDER,
        )
    )
    role = trusting_role(stack, "GithubRole", _workflows(), [], condition=HAS_GITHUB)
    _grants(stack, asked, role)
    stack.output(
        "GithubRoleArn", role.get_att("Arn"), "Role that the workflows take on: role-to-assume.", condition=HAS_GITHUB
    )
    return role


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


def _grants(stack: Stack, asked: GithubQuestions, role: Role) -> None:
    repository = stack.find(contract.REPOSITORY_ARN, provider=GithubQuestions.image_repository)
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
    passing = allow("PassRoles", [iam.PassRole], Split(",", asked.passed_roles), when=[to_tasks])
    grant(role, "PassTaskRoles", [passing], condition=_PASSES)
