"""The environments that a pipeline deploys to, and which branches go there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from troposphere import AccountId, Condition, Equals, If, Not, NoValue, Or, Ref
from troposphere.codepipeline import GitBranchFilterCriteria, GitPushFilter

from factory.authoring import Parameter, Stack
from factory.authoring.pipelines import BRANCH, Check, trigger
from products.parts.delivery.questions import DeliveryQuestions

PROD = "prod"

# Regular expressions of Java, and globs of triggers for the same branches. A star stands for no slash, two stars do.
_OF_RELEASES, _RELEASES = r"^release/[^/]+\.[^/]+\.[^/]+$", "release/*.*.*"
_OF_PROD, _TO_PROD = r"^prod/.+$", "prod/**"
_OF_OTHERS = r"^(?!release/|prod/).+$"

_HAS_RELEASES = "HasReleases"
_HAS_TRIGGERS = "HasTriggers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An environment that the pipeline deploys to; its texts are for `Fn::Sub`."""

    title: str
    environment: str
    account: Any
    branches: str
    """The branches that go there, as a regular expression."""
    condition: str | None = None

    @property
    def is_prod(self) -> bool:
        """Whether somebody has to approve what goes there."""
        return self.environment == PROD

    @property
    def check(self) -> Check:
        """Whether a run is of such a branch."""
        return Check(name="Branch", variable=BRANCH, operator="MATCHES", value=self.branches)

    def where(self, made: Any) -> Any:
        """What is made for the target, in launches that deploy to it."""
        return If(self.condition, made, NoValue) if self.condition else made


def delivery_targets(stack: Stack) -> list[Target]:
    """The environments in their order, the pipeline's own first."""
    own = Target(title="Own", environment="${Environment}", account=AccountId, branches=_OF_OTHERS)
    others = [
        _target(stack, environment, parameter, _OF_PROD if environment == PROD else _OF_RELEASES)
        for environment, parameter in (
            ("test", DeliveryQuestions.test_account),
            ("qa", DeliveryQuestions.qa_account),
            ("staging", DeliveryQuestions.staging_account),
            (PROD, DeliveryQuestions.prod_account),
        )
    ]
    releases = [Condition(target.condition) for target in others if target.branches == _OF_RELEASES]
    stack.condition(_HAS_RELEASES, Or(*releases))
    stack.condition(_HAS_TRIGGERS, Or(Condition(_HAS_RELEASES), Condition("HasProd")))
    return [own, *others]


def pushes() -> Any:
    """Which pushes start the pipeline by themselves."""
    includes = [If(_HAS_RELEASES, _RELEASES, NoValue), If("HasProd", _TO_PROD, NoValue)]
    push = GitPushFilter(Branches=GitBranchFilterCriteria(Includes=includes))
    return If(_HAS_TRIGGERS, [trigger(Push=[push])], NoValue)


def _target(stack: Stack, environment: str, parameter: Parameter, branches: str) -> Target:
    title = environment.capitalize()
    stack.rule(
        f"{title}IsElsewhere",
        (
            parameter.equals(""),
            f"The pipeline is in {environment} itself: leave the account of {environment} empty.",
        ),
        when=Equals(Ref("Environment"), environment),
    )
    return Target(
        title=title,
        environment=environment,
        account=Ref(parameter.name),
        branches=branches,
        condition=stack.condition(f"Has{title}", Not(parameter.equals(""))),
    )
