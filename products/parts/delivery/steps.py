"""What the pipeline of a service runs: tests, scans, the build of an image, deployments and smoke tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from awacs import codepipeline, ecr, inspector2, sts
from troposphere import If, Join, NoValue, Ref, Sub
from troposphere.codebuild import Project

from factory.authoring import Stack
from factory.authoring.builds import REPORT, report_groups
from factory.authoring.policy import allow
from products.parts import contract
from products.parts.alarms import Metric, alarm
from products.parts.delivery.names import deploy_role_name, deployer_name, pipeline_role_name, role_arn
from products.parts.delivery.questions import DeliveryQuestions
from products.parts.delivery.targets import Target
from products.parts.delivery.workshop import Workshop, project_name, step
from products.parts.images import PULL, PUSH

_ON_ARM = "BuildsOnArm"


def pipeline_name(stack: Stack) -> Sub:
    """The name of the pipeline."""
    return stack.name("pipeline", "${Instance}-${ServiceName}")


def unit_tests(stack: Stack, asked: DeliveryQuestions, workshop: Workshop) -> Project:
    """Runs the service's own tests."""
    own = stack.condition("TestsAreThePlatforms", DeliveryQuestions.test_buildspec.equals("auto"))
    reports = Sub(report_groups("${Name}"), Name=project_name(stack, "UnitTests"))
    return step(
        stack,
        "UnitTests",
        workshop,
        If(own, stack.text("buildspecs/test.yml"), asked.test_buildspec),
        [allow("WriteReports", REPORT, reports)],
        description=Sub("Unit tests of ${ServiceName}"),
        variables={"RUNTIME": asked.runtime, "TEST_COMMAND": asked.test_command},
        cache="LOCAL_CUSTOM_CACHE",
    )


def security_scan(stack: Stack, workshop: Workshop) -> Project:
    """Looks at the source, by what the platform has decided."""
    return step(
        stack,
        "SecurityScan",
        workshop,
        stack.text("buildspecs/security-scan.yml"),
        description=Sub("Secrets, code and dependencies of ${ServiceName}"),
    )


def image(stack: Stack, asked: DeliveryQuestions, workshop: Workshop) -> Project:
    """Builds the image, for the environments that its branch goes to."""
    name = DeliveryQuestions.service_name
    stack.condition(_ON_ARM, DeliveryQuestions.architecture.equals("ARM64"))
    return step(
        stack,
        "Image",
        workshop,
        stack.text("buildspecs/image-build.yml"),
        [
            # Signing in has no resource level.
            allow("SignIn", [ecr.GetAuthorizationToken], "*"),
            allow(
                "PushImages",
                [*PULL, *PUSH, ecr.DescribeImageScanFindings, ecr.ListImages, ecr.StartImageScan],
                stack.find(contract.REPOSITORY_ARN, provider=name),
            ),
            # Where the account has enhanced scanning, ECR asks Inspector, whose findings have no resource level.
            allow("ReadFindings", [inspector2.ListCoverage, inspector2.ListFindings], "*"),
        ],
        description=Sub("Image of ${ServiceName}"),
        variables={
            "ARCHITECTURE": asked.architecture,
            "REPOSITORY_URI": stack.find(contract.REPOSITORY_URI, provider=name),
            "REPOSITORY_NAME": stack.find(contract.REPOSITORY_NAME, provider=name),
            "DOCKERFILE": asked.dockerfile,
            "CONTEXT": asked.context,
            "OWN_ENVIRONMENT": Ref("Environment"),
            "RELEASE_ENVIRONMENTS": Join(
                " ", [If(f"Has{title}", title.lower(), NoValue) for title in ("Test", "Qa", "Staging")]
            ),
            "PROD_ENVIRONMENT": If("HasProd", "prod", ""),
        },
        arm=_ON_ARM,
        builds_images=True,
        cache="LOCAL_DOCKER_LAYER_CACHE",
        role_name=Sub(pipeline_role_name("${Environment}", "${ServiceName}", "build")),
    )


def smoke_test(stack: Stack, asked: DeliveryQuestions, workshop: Workshop) -> Project:
    """Asks the service that was deployed."""
    return step(
        stack,
        "SmokeTest",
        workshop,
        stack.text("buildspecs/smoke-test.yml"),
        description=Sub("Whether ${ServiceName} answers after a deployment"),
        variables={"SMOKE_PATH": asked.smoke_path},
        timeout_minutes=15,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What gives the launch in an environment another image."""

    target: Target
    project: Project


def deployment(stack: Stack, asked: DeliveryQuestions, workshop: Workshop, target: Target) -> Deployment:
    """Updates the launch in an environment, by the role that waits there; an alarm tells of failures."""
    role = role_arn(target.account, deploy_role_name(target.environment, "${AccessName}"))
    statements = [allow("DeployThere", [sts.AssumeRole], role)]
    if target.is_prod:
        statements.append(allow("ReadCommit", [codepipeline.GetPipelineExecution], _pipeline_arn(stack)))
    project = step(
        stack,
        f"Deploy{target.title}",
        workshop,
        stack.text("buildspecs/deploy.yml"),
        statements,
        description=Sub(f"Gives ${{ServiceName}} in {target.environment} another image"),
        variables={
            "SERVICE": asked.service_name,
            "ENVIRONMENT": Sub(target.environment) if "$" in target.environment else target.environment,
            "DEPLOYER": Sub(deployer_name(target.environment, "${AccessName}")),
            "DEPLOY_ROLE_ARN": role,
            "PIPELINE": pipeline_name(stack),
        },
        # An update of a service may take as long as its deployment.
        timeout_minutes=180,
        role_name=Sub(pipeline_role_name("${Environment}", "${ServiceName}", target.environment)),
        condition=target.condition,
    )
    alarm(
        stack,
        f"Deploy{target.title}Fails",
        Sub(
            f"${{ServiceName}}: a deployment to {target.environment} failed. The version before still runs; the "
            "log of the build says why."
        ),
        Metric(
            namespace="AWS/CodeBuild",
            name="FailedBuilds",
            statistic="Sum",
            dimensions={"ProjectName": project.ref()},
        ),
        above=0,
        topic=asked.critical_topic if target.is_prod else asked.warning_topic,
        condition=target.condition,
    )
    return Deployment(target=target, project=project)


def _pipeline_arn(stack: Stack) -> Any:
    return Sub(
        "arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:${Name}",
        Name=pipeline_name(stack),
    )
