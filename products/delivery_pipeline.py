"""The product `delivery-pipeline`: from a push to a running service, environment by environment."""

from __future__ import annotations

from awacs import codebuild
from troposphere import Sub
from troposphere.codepipeline import Pipeline, VariableDeclaration
from troposphere.events import Rule
from troposphere.iam import Role

from factory.authoring import Product, Stack
from factory.authoring.pipeline_notices import PIPELINE_LINK, RUN_LINK, approvals, message, runs
from factory.authoring.pipelines import SOURCE, pipeline, use_connection
from factory.authoring.policy import allow
from products.parts import contract
from products.parts.buckets import artifact_bucket
from products.parts.delivery.questions import DeliveryQuestions
from products.parts.delivery.stages import BY_HAND, Steps, delivery_stages
from products.parts.delivery.steps import deployment, image, pipeline_name, security_scan, smoke_test, unit_tests
from products.parts.delivery.targets import delivery_targets, pushes
from products.parts.delivery.workshop import Workshop, use_artifacts
from products.parts.logs import log_group
from products.parts.roles import service_role

# A run can be repeated, and a stage rolled back, as long as its source is there.
_ARTIFACT_DAYS = 365
_NONE = "-"
"""What stands for nothing where the services take no empty text."""


class DeliveryPipeline(DeliveryQuestions, Product):
    """The pipeline of one service: tested, scanned and built on each push, deployed by updating the launched product.

    Pushes to release branches (release/1.2.0) go to test, qa and staging, pushes to prod branches (prod/1.2.0) to prod
    once somebody has approved; other branches, started by hand, to the environment that this is launched in. A failed
    deployment leaves the version that runs.
    """

    name = "delivery-pipeline"
    version = "2.0.0"

    def build(self, stack: Stack) -> None:
        targets = delivery_targets(stack)
        workshop = self._workshop(stack)
        steps = Steps(
            tests=unit_tests(stack, self, workshop),
            scan=security_scan(stack, workshop),
            image=image(stack, self, workshop),
            smoke=smoke_test(stack, self, workshop),
            deployments=[deployment(stack, self, workshop, target) for target in targets],
        )
        made = self._pipeline(stack, workshop, steps)
        self._notices(stack, made)
        self._outputs(stack, made)

    def _workshop(self, stack: Stack) -> Workshop:
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

    def _pipeline(self, stack: Stack, workshop: Workshop, steps: Steps) -> Pipeline:
        return stack.add(
            pipeline(
                "Pipeline",
                name=pipeline_name(stack),
                stages=list(delivery_stages(stack, self, steps)),
                mode=self.overlapping_runs,
                role=self._role(stack, workshop, steps).get_att("Arn"),
                bucket=workshop.artifacts.ref(),
                key=self.key_arn,
                Variables=[
                    VariableDeclaration(
                        Name=BY_HAND,
                        DefaultValue=_NONE,
                        Description="Branch of a commit that is delivered by hand; its name becomes part of the tag.",
                    )
                ],
                Triggers=pushes(),
            )
        )

    def _role(self, stack: Stack, workshop: Workshop, steps: Steps) -> Role:
        run = [project.get_att("Arn") for project in (steps.tests, steps.scan, steps.image, steps.smoke)]
        run += [item.target.where(item.project.get_att("Arn")) for item in steps.deployments]
        return service_role(
            stack,
            "PipelineRole",
            "codepipeline",
            [
                use_connection(self.connection_arn),
                allow("RunBuilds", [codebuild.BatchGetBuilds, codebuild.StartBuild], run),
                *use_artifacts(workshop),
            ],
        )

    def _notices(self, stack: Stack, made: Pipeline) -> None:
        told = {
            "RunNotices": (["STARTED", "SUCCEEDED", "STOPPED", "SUPERSEDED"], self.info_topic),
            "FailureNotices": (["FAILED"], self.warning_topic),
        }
        for title, (states, topic) in told.items():
            stack.add(
                Rule(
                    title,
                    Description=Sub(f"Runs of the pipeline of ${{ServiceName}}: {', '.join(states).lower()}"),
                    EventPattern=runs(made.ref(), states),
                    Targets=[message(topic, f"Delivery of ${{ServiceName}} <state>: {RUN_LINK}")],
                )
            )
        stack.add(
            Rule(
                "ApprovalNotices",
                Description=Sub("Runs of the pipeline of ${ServiceName} that wait for an approval"),
                EventPattern=approvals(made.ref()),
                Targets=[
                    message(
                        self.warning_topic,
                        "Delivery of ${ServiceName} waits for an approval of what goes to prod; the pipeline shows "
                        f"what will change: {PIPELINE_LINK}/view",
                    )
                ],
            )
        )

    def _outputs(self, stack: Stack, made: Pipeline) -> None:
        stack.provide(contract.PIPELINE_NAME, made.ref(), provider=DeliveryQuestions.service_name)
        stack.output(
            "StartFeature",
            Sub(
                "aws codepipeline start-pipeline-execution --name ${Pipeline} "
                f"--variables name={BY_HAND},value=BRANCH "
                f"--source-revisions actionName={SOURCE},revisionType=COMMIT_ID,revisionValue=COMMIT"
            ),
            "How to deploy a commit of any branch to this environment by hand.",
        )
