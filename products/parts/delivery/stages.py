"""The stages of a service's pipeline: checks, the image, and each environment's deployment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import If, Sub
from troposphere.codebuild import Project
from troposphere.codepipeline import Stages

from factory.authoring import Stack
from factory.authoring.pipelines import BRANCH, COMMIT, SOURCE, approval_action, build_action, source_action, stage
from products.parts.delivery.questions import DeliveryQuestions
from products.parts.delivery.steps import Deployment

BY_HAND = "Branch"
"""The variable of the pipeline that names the branch of a commit which is delivered by hand."""
_IMAGE = "#{Build.IMAGE}"
_ON_GITHUB = "IsOnGithub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The projects that the stages run."""

    tests: Project
    scan: Project
    image: Project
    smoke: Project
    deployments: Sequence[Deployment]


def delivery_stages(stack: Stack, asked: DeliveryQuestions, steps: Steps) -> Iterator[Any]:
    """The stages in their order; those of environments without an account are left out of a launch."""
    stack.condition(_ON_GITHUB, DeliveryQuestions.provider.equals("GitHub"))
    yield stage(SOURCE, [source_action(asked.connection_arn, asked.repository, asked.branch)])
    yield stage(
        "Verify", [build_action("UnitTests", steps.tests.ref()), build_action("SecurityScan", steps.scan.ref())]
    )
    built = build_action(
        "Image",
        steps.image.ref(),
        namespace="Build",
        BRANCH=BRANCH,
        COMMIT=COMMIT,
        FEATURE_BRANCH=f"#{{variables.{BY_HAND}}}",
    )
    yield stage("Build", [built])
    for deployment in steps.deployments:
        if deployment.target.is_prod:
            yield deployment.target.where(_approval(deployment))
        yield deployment.target.where(_deploys(deployment, steps.smoke))


def _deploys(deployment: Deployment, smoke: Project) -> Stages:
    target = deployment.target
    namespace = f"Deploy{target.title}"
    return stage(
        target.title,
        [
            build_action("Deploy", deployment.project.ref(), namespace=namespace, IMAGE=_IMAGE),
            build_action(
                "SmokeTest",
                smoke.ref(),
                order=2,
                ADDRESS=f"#{{{namespace}.ADDRESS}}",
                SERVICE_PATH=f"#{{{namespace}.SERVICE_PATH}}",
            ),
        ],
        only_if=target.check,
        rolls_back=True,
    )


def _approval(deployment: Deployment) -> Stages:
    """A stage of its own, so that a rollback of the next one asks nobody."""
    links = {
        "GitHub": f"https://github.com/${{Repository}}/commit/{COMMIT}",
        "Bitbucket": f"https://bitbucket.org/${{Repository}}/commits/{COMMIT}",
    }
    return stage(
        "Approval",
        [
            build_action(
                "Compare",
                deployment.project.ref(),
                namespace="Prod",
                DO="compare",
                IMAGE=_IMAGE,
                EXECUTION="#{codepipeline.PipelineExecutionId}",
            ),
            approval_action(
                "Approve",
                says=f"#{{Prod.CHANGE}} (commit {COMMIT} of {BRANCH})",
                link=If(_ON_GITHUB, Sub(links["GitHub"]), Sub(links["Bitbucket"])),
                order=2,
            ),
        ],
        only_if=deployment.target.check,
    )
