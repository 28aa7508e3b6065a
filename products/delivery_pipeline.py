"""The product `delivery-pipeline`: from a push to a running service, environment by environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from awacs import codebuild, codeconnections, codepipeline, codestar_connections, ecr, sts
from troposphere import AccountId, Condition, Equals, If, Join, Not, NoValue, Or, Ref, Sub
from troposphere.codebuild import Project
from troposphere.codepipeline import (
    ArtifactStore,
    EncryptionKey,
    GitBranchFilterCriteria,
    GitConfiguration,
    GitPushFilter,
    Pipeline,
    PipelineTriggerDeclaration,
    Stages,
    VariableDeclaration,
)
from troposphere.events import InputTransformer, Rule, Target

from factory.authoring import Choice, Parameter, Product, Requires, Stack, Text
from factory.authoring.policy import allow
from products.parts import contract
from products.parts.alarms import Metric, alarm
from products.parts.buckets import artifact_bucket
from products.parts.builds import Workshop, build_project, project_name, use_artifacts
from products.parts.delivery import deploy_role_name, deployer_name, pipeline_role_name, role_arn
from products.parts.images import PULL, PUSH
from products.parts.logs import log_group, retention_days
from products.parts.pipelines import BRANCH, COMMIT, SOURCE, approval_action, build_action, source_action, stage
from products.parts.roles import service_role

# A run can be repeated, and a stage rolled back, as long as its source is there.
_ARTIFACT_DAYS = 365
_IMAGE = "#{Build.IMAGE}"
_NONE = "-"
"""What stands for nothing where the services take no empty text."""

_RELEASES = "release/*.*.*"
_TO_PROD = "prod/*"
_OF_RELEASES = r"^release/[^/]+\.[^/]+\.[^/]+$"
_OF_PROD = r"^prod/.+$"
_OF_OTHERS = r"^(?!release/|prod/).+$"

_ON_ARM = "BuildsOnArm"
_HAS_RELEASES = "HasReleases"
_HAS_TRIGGERS = "HasTriggers"


def _account(environment: str, branches: str) -> Text:
    return Text(
        f"Account of {environment}",
        group="Environments",
        default="",
        pattern=r"(\d{12})?",
        constraint="Empty, or an account id of 12 digits.",
        help=f"What is pushed to {branches} is deployed there; empty leaves {environment} out.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """An environment that the pipeline deploys to; its texts are for `Fn::Sub`."""

    title: str
    environment: str
    account: Any
    branches: str
    """The branches that go there, as a regular expression."""
    condition: str | None = None


class DeliveryPipeline(Product):
    """The pipeline of one service: tested, scanned and built on each push, deployed by updating the launched product.

    Pushes to release branches (release/1.2.0) go to test, qa and staging, pushes to prod branches (prod/1.2.0) to prod
    once somebody has approved; other branches, started by hand, to the environment that this is launched in. A failed
    deployment leaves the version that runs.
    """

    name = "delivery-pipeline"
    version = "1.0.0"

    service_name = Text(
        "Service name",
        group="Service",
        default="app",
        pattern=r"[a-z][a-z0-9-]{1,29}",
        constraint="2 to 30 lower-case letters, digits and hyphens, starting with a letter.",
        help="Name of its image repository here, and of its launch in each environment.",
    )
    runtime = Choice(
        "Runtime",
        group="Service",
        options=("nodejs", "python", "other"),
        default="nodejs",
        help="Decides how the service is tested, unless a test command is given.",
    )
    architecture = Choice(
        "Architecture",
        group="Service",
        options=("X86_64", "ARM64"),
        default="X86_64",
        help="Processor that the image is built for, and that the service runs on.",
    )
    connection_arn = Text(
        "Connection",
        group="Source",
        pattern=r"arn:[a-z-]+:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection/[A-Za-z0-9-]+",
        constraint="The ARN of a connection.",
        help="ARN of the CodeConnections connection to GitHub or Bitbucket, which somebody has confirmed there.",
    )
    repository = Text(
        "Repository",
        group="Source",
        pattern=r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}",
        constraint="owner/name.",
        help="Repository of the service, as owner/name.",
    )
    provider = Choice(
        "Provider",
        group="Source",
        options=("GitHub", "Bitbucket"),
        default="GitHub",
        help="Where the repository is; approvals link to the commit there.",
    )
    branch = Text(
        "Default branch",
        group="Source",
        default="main",
        pattern=r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}",
        constraint="A branch of the repository.",
        help="Branch that a run takes which is started by hand without a commit.",
    )
    dockerfile = Text(
        "Dockerfile",
        group="Source",
        default="Dockerfile",
        pattern=r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}",
        constraint="A path in the repository.",
        help="Path of the Dockerfile in the repository.",
    )
    context = Text(
        "Build context",
        group="Source",
        default=".",
        pattern=r"\.|[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}",
        constraint="A directory in the repository.",
        help="Directory in the repository that the image is built from.",
    )
    test_account = _account("test", "release branches")
    qa_account = _account("qa", "release branches")
    staging_account = _account("staging", "release branches")
    prod_account = _account("prod", "prod branches, and approved,")
    access_name = Text(
        "Access name",
        group="Environments",
        default="main",
        pattern=r"[a-z][a-z0-9-]{1,15}",
        constraint="2 to 16 lower-case letters, digits and hyphens, starting with a letter.",
        help="Name of the ci-access that is launched in each of these environments and names the service.",
    )
    test_command = Text(
        "Test command",
        group="Checks",
        default="auto",
        min_length=1,
        max_length=512,
        help="Auto is npm ci and npm test, or pytest after pip; else a shell command that succeeds when tests pass.",
    )
    test_buildspec = Text(
        "Test buildspec",
        group="Checks",
        default="auto",
        pattern=r"auto|[A-Za-z0-9_.][A-Za-z0-9_./-]{0,199}\.ya?ml",
        constraint="auto, or the path of a YAML file in the repository.",
        help="Auto is the platform's; else one in the repository. Scans and builds are always the platform's.",
    )
    smoke_path = Text(
        "Smoke test path",
        group="Checks",
        default="/health",
        pattern=r"none|/[A-Za-z0-9_./~%?&=+-]{0,255}",
        constraint="none, or a path that begins with a slash.",
        help="Path that has to answer after each deployment, where the service has an address; none asks nothing.",
    )
    overlapping_runs = Choice(
        "Overlapping runs",
        group="Operations",
        options=("SUPERSEDED", "QUEUED"),
        default="SUPERSEDED",
        help="SUPERSEDED lets a newer run, of whatever branch, replace one that waits for a stage; QUEUED keeps all.",
    )
    log_retention = retention_days()
    key_arn = Requires(contract.KEY_ARN)
    critical_topic = Requires(contract.CRITICAL_TOPIC_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)
    info_topic = Requires(contract.INFO_TOPIC_ARN)
    access_log_bucket = Requires(contract.ACCESS_LOG_BUCKET)

    def build(self, stack: Stack) -> None:
        targets = self._targets(stack)
        workshop = self._workshop(stack)
        tests, scan, image = self._checks(stack, workshop), self._scan(stack, workshop), self._image(stack, workshop)
        smoke = self._smoke(stack, workshop)
        deployments = {target.title: self._deployment(stack, workshop, target) for target in targets}
        stages: list[Any] = [
            stage(SOURCE, [source_action(self.connection_arn, self.repository, self.branch)]),
            stage("Verify", [build_action("UnitTests", tests), build_action("SecurityScan", scan)]),
            stage("Build", [self._build_action(image)]),
        ]
        for target in targets:
            if target.title == "Prod":
                stages.append(If(target.condition, self._approval(deployments["Prod"]), NoValue))
            stages.append(_where(target, self._deploys(target, deployments[target.title], smoke)))
        pipeline = self._pipeline(stack, workshop, stages, [tests, scan, image, smoke], deployments, targets)
        self._notices(stack, pipeline)
        self._outputs(stack, pipeline)

    # --- where it deploys to ------------------------------------------------------------------------------------------

    def _targets(self, stack: Stack) -> list[_Target]:
        """The environments in their order, the pipeline's own first."""
        own = _Target(title="Own", environment="${Environment}", account=AccountId, branches=_OF_OTHERS)
        others = [
            self._target(stack, environment, parameter, _OF_PROD if environment == "prod" else _OF_RELEASES)
            for environment, parameter in (
                ("test", DeliveryPipeline.test_account),
                ("qa", DeliveryPipeline.qa_account),
                ("staging", DeliveryPipeline.staging_account),
                ("prod", DeliveryPipeline.prod_account),
            )
        ]
        releases = [Condition(target.condition) for target in others if target.branches == _OF_RELEASES]
        stack.condition(_HAS_RELEASES, Or(*releases))
        stack.condition(_HAS_TRIGGERS, Or(Condition(_HAS_RELEASES), Condition("HasProd")))
        return [own, *others]

    @staticmethod
    def _target(stack: Stack, environment: str, parameter: Parameter, branches: str) -> _Target:
        title = environment.capitalize()
        stack.rule(
            f"{title}IsElsewhere",
            (
                parameter.equals(""),
                f"The pipeline is in {environment} itself: leave the account of {environment} empty.",
            ),
            when=Equals(Ref("Environment"), environment),
        )
        return _Target(
            title=title,
            environment=environment,
            account=Ref(parameter.name),
            branches=branches,
            condition=stack.condition(f"Has{title}", Not(parameter.equals(""))),
        )

    # --- what it runs -------------------------------------------------------------------------------------------------

    def _workshop(self, stack: Stack) -> Workshop:
        stack.condition(_ON_ARM, DeliveryPipeline.architecture.equals("ARM64"))
        return Workshop(
            artifacts=artifact_bucket(
                stack,
                "Artifacts",
                key=self.key_arn,
                expire_days=_ARTIFACT_DAYS,
                access_logs_to=self.access_log_bucket,
            ),
            logs=log_group(stack, "BuildLogs", key=self.key_arn, retention=self.log_retention),
            key=self.key_arn,
            service=self.service_name,
        )

    def _checks(self, stack: Stack, workshop: Workshop) -> Project:
        own = stack.condition("TestsAreThePlatforms", DeliveryPipeline.test_buildspec.equals("auto"))
        # A report group has the name of its project before that of the report.
        reports = Sub(
            "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:report-group/${Name}-*",
            Name=project_name(stack, "UnitTests"),
        )
        return build_project(
            stack,
            "UnitTests",
            workshop,
            If(own, stack.text("buildspecs/test.yml"), self.test_buildspec),
            [
                allow(
                    "WriteReports",
                    [
                        codebuild.BatchPutTestCases,
                        codebuild.CreateReport,
                        codebuild.CreateReportGroup,
                        codebuild.UpdateReport,
                    ],
                    reports,
                )
            ],
            description=Sub("Unit tests of ${ServiceName}"),
            variables={"RUNTIME": self.runtime, "TEST_COMMAND": self.test_command},
            cache="LOCAL_CUSTOM_CACHE",
        )

    def _scan(self, stack: Stack, workshop: Workshop) -> Project:
        return build_project(
            stack,
            "SecurityScan",
            workshop,
            stack.text("buildspecs/security-scan.yml"),
            description=Sub("Secrets, code and dependencies of ${ServiceName}"),
        )

    def _image(self, stack: Stack, workshop: Workshop) -> Project:
        name = DeliveryPipeline.service_name
        return build_project(
            stack,
            "Image",
            workshop,
            stack.text("buildspecs/image-build.yml"),
            [
                # Signing in has no resource level.
                allow("SignIn", [ecr.GetAuthorizationToken], "*"),
                allow(
                    "PushImages",
                    [*PULL, *PUSH, ecr.DescribeImages, ecr.ListImages],
                    stack.find(contract.REPOSITORY_ARN, provider=name),
                ),
            ],
            description=Sub("Image of ${ServiceName}"),
            variables={
                "ARCHITECTURE": self.architecture,
                "REPOSITORY_URI": stack.find(contract.REPOSITORY_URI, provider=name),
                "REPOSITORY_NAME": stack.find(contract.REPOSITORY_NAME, provider=name),
                "DOCKERFILE": self.dockerfile,
                "CONTEXT": self.context,
                "OWN_ENVIRONMENT": self.environment,
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

    def _smoke(self, stack: Stack, workshop: Workshop) -> Project:
        return build_project(
            stack,
            "SmokeTest",
            workshop,
            stack.text("buildspecs/smoke-test.yml"),
            description=Sub("Whether ${ServiceName} answers after a deployment"),
            variables={"SMOKE_PATH": self.smoke_path},
            timeout_minutes=15,
        )

    def _deployment(self, stack: Stack, workshop: Workshop, target: _Target) -> Project:
        role = role_arn(target.account, deploy_role_name(target.environment, "${AccessName}"))
        statements = [allow("DeployThere", [sts.AssumeRole], role)]
        if target.title == "Prod":
            reading = [codepipeline.GetPipelineExecution]
            statements.append(allow("ReadCommit", reading, self._pipeline_arn(stack)))
        project = build_project(
            stack,
            f"Deploy{target.title}",
            workshop,
            stack.text("buildspecs/deploy.yml"),
            statements,
            description=Sub(f"Gives ${{ServiceName}} in {target.environment} another image"),
            variables={
                "SERVICE": self.service_name,
                "ENVIRONMENT": Sub(target.environment) if "$" in target.environment else target.environment,
                "DEPLOYER": Sub(deployer_name(target.environment, "${AccessName}")),
                "DEPLOY_ROLE_ARN": role,
                "PIPELINE": self._pipeline_name(stack),
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
            topic=self.critical_topic if target.title == "Prod" else self.warning_topic,
            condition=target.condition,
        )
        return project

    # --- the pipeline -------------------------------------------------------------------------------------------------

    @staticmethod
    def _build_action(image: Project) -> Any:
        return build_action(
            "Image", image, namespace="Build", BRANCH=BRANCH, COMMIT=COMMIT, FEATURE_BRANCH="#{variables.Branch}"
        )

    @staticmethod
    def _deploys(target: _Target, deployment: Project, smoke: Project) -> Stages:
        namespace = f"Deploy{target.title}"
        return stage(
            target.title,
            [
                build_action("Deploy", deployment, namespace=namespace, IMAGE=_IMAGE),
                build_action("SmokeTest", smoke, order=2, ADDRESS=f"#{{{namespace}.ADDRESS}}"),
            ],
            for_branches=target.branches,
            rolls_back=True,
        )

    def _approval(self, deployment: Project) -> Stages:
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
                    deployment,
                    namespace="Prod",
                    DO="compare",
                    IMAGE=_IMAGE,
                    EXECUTION="#{codepipeline.PipelineExecutionId}",
                ),
                approval_action(
                    "Approve",
                    says=f"#{{Prod.CHANGE}} (commit {COMMIT} of {BRANCH})",
                    link=If("IsOnGithub", Sub(links["GitHub"]), Sub(links["Bitbucket"])),
                    order=2,
                ),
            ],
            for_branches=_OF_PROD,
        )

    def _pipeline(
        self,
        stack: Stack,
        workshop: Workshop,
        stages: list[Any],
        projects: list[Project],
        deployments: dict[str, Project],
        targets: list[_Target],
    ) -> Pipeline:
        stack.condition("IsOnGithub", DeliveryPipeline.provider.equals("GitHub"))
        conditions = {target.title: target.condition for target in targets}
        run = [project.get_att("Arn") for project in projects]
        run += [
            If(conditions[title], project.get_att("Arn"), NoValue) if conditions[title] else project.get_att("Arn")
            for title, project in deployments.items()
        ]
        role = service_role(
            stack,
            "PipelineRole",
            "codepipeline",
            [
                # The service was renamed; connections and permissions have either name.
                allow(
                    "UseConnection",
                    [codeconnections.UseConnection, codestar_connections.UseConnection],
                    self.connection_arn,
                ),
                allow("RunBuilds", [codebuild.BatchGetBuilds, codebuild.StartBuild], run),
                *use_artifacts(workshop),
            ],
        )
        return stack.add(
            Pipeline(
                "Pipeline",
                Name=self._pipeline_name(stack),
                PipelineType="V2",
                ExecutionMode=self.overlapping_runs,
                RoleArn=role.get_att("Arn"),
                ArtifactStore=ArtifactStore(
                    Type="S3",
                    Location=workshop.artifacts.ref(),
                    EncryptionKey=EncryptionKey(Type="KMS", Id=self.key_arn),
                ),
                Variables=[
                    VariableDeclaration(
                        Name="Branch",
                        DefaultValue=_NONE,
                        Description="Branch of a commit that is delivered by hand; its name becomes part of the tag.",
                    )
                ],
                Triggers=If(_HAS_TRIGGERS, [_pushes()], NoValue),
                Stages=stages,
            )
        )

    def _pipeline_name(self, stack: Stack) -> Sub:
        return stack.name("pipeline", "${Instance}-${ServiceName}")

    def _pipeline_arn(self, stack: Stack) -> Sub:
        return Sub(
            "arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:${Name}",
            Name=self._pipeline_name(stack),
        )

    # --- what it tells ------------------------------------------------------------------------------------------------

    def _notices(self, stack: Stack, pipeline: Pipeline) -> None:
        runs = "CodePipeline Pipeline Execution State Change"
        self._notice(
            stack, "RunNotices", pipeline, runs, ["STARTED", "SUCCEEDED", "STOPPED", "SUPERSEDED"], self.info_topic
        )
        self._notice(stack, "FailureNotices", pipeline, runs, ["FAILED"], self.warning_topic)
        stack.add(
            Rule(
                "ApprovalNotices",
                Description=Sub("Runs of the pipeline of ${ServiceName} that wait for an approval"),
                EventPattern={
                    "source": ["aws.codepipeline"],
                    "detail-type": ["CodePipeline Action Execution State Change"],
                    "detail": {
                        "pipeline": [pipeline.ref()],
                        "state": ["STARTED"],
                        "type": {"category": ["Approval"]},
                    },
                },
                Targets=[
                    self._message(
                        self.warning_topic,
                        "waits for an approval of what goes to prod; the pipeline shows what will change: "
                        "https://${AWS::Region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/<pipeline>/view",
                    )
                ],
            )
        )

    def _notice(self, stack: Stack, title: str, pipeline: Pipeline, kind: str, states: list[str], topic: Any) -> None:
        stack.add(
            Rule(
                title,
                Description=Sub(f"Runs of the pipeline of ${{ServiceName}}: {', '.join(states).lower()}"),
                EventPattern={
                    "source": ["aws.codepipeline"],
                    "detail-type": [kind],
                    "detail": {"pipeline": [pipeline.ref()], "state": states},
                },
                Targets=[
                    self._message(
                        topic,
                        "<state>: "
                        "https://${AWS::Region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/<pipeline>"
                        "/executions/<run>/timeline",
                    )
                ],
            )
        )

    @staticmethod
    def _message(topic: Any, says: str) -> Target:
        """Tells a topic in words, which e-mail and Slack show as they are."""
        paths = {"pipeline": "$.detail.pipeline", "state": "$.detail.state", "run": "$.detail.execution-id"}
        used = {name: path for name, path in paths.items() if f"<{name}>" in says}
        return Target(
            Id="topic",
            Arn=topic,
            InputTransformer=InputTransformer(
                InputPathsMap=used, InputTemplate=Sub(f'"Delivery of ${{ServiceName}} {says}"')
            ),
        )

    def _outputs(self, stack: Stack, pipeline: Pipeline) -> None:
        stack.provide(contract.PIPELINE_NAME, pipeline.ref(), provider=DeliveryPipeline.service_name)
        stack.output(
            "StartFeature",
            Sub(
                "aws codepipeline start-pipeline-execution --name ${Pipeline} --variables name=Branch,value=BRANCH "
                f"--source-revisions actionName={SOURCE},revisionType=COMMIT_ID,revisionValue=COMMIT"
            ),
            "How to deploy a commit of any branch to this environment by hand.",
        )


def _where(target: _Target, made: Stages) -> Any:
    return If(target.condition, made, NoValue) if target.condition else made


def _pushes() -> PipelineTriggerDeclaration:
    """Which pushes start the pipeline by themselves."""
    return PipelineTriggerDeclaration(
        ProviderType="CodeStarSourceConnection",
        GitConfiguration=GitConfiguration(
            SourceActionName=SOURCE,
            Push=[
                GitPushFilter(
                    Branches=GitBranchFilterCriteria(
                        Includes=[If(_HAS_RELEASES, _RELEASES, NoValue), If("HasProd", _TO_PROD, NoValue)]
                    )
                )
            ],
        ),
    )
