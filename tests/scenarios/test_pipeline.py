"""From nothing to a published catalog by the pipeline's own buildspecs, each build as the role that it has in AWS."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.buildspecs.build import Built, run
from tests.buildspecs.buildspec import load
from tests.buildspecs.stand_ins import StandIns
from tests.command import Command, share_gates
from tests.scenarios import project

pytestmark = pytest.mark.slow

ENVIRONMENTS = project.environments(
    "dev",
    "prod",
    hub={
        "pipeline": {
            "connection": "arn:aws:codeconnections:us-east-1:111111111111:connection/1a2b3c4d",
            "repository": "acme/catalog",
            "pull-requests": True,
        }
    },
    has_roles=True,
)
TEAMS = project.portfolio("dev", "prod")
# The command, without the waits that calls on real accounts need.
FACTORY = """
from factory.cli.main import main
from factory.cli.workspace import Workspace
Workspace.poll_seconds = 0.1
main()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The builds of one repository, in fresh checkouts and with the credentials that CodeBuild would give them."""

    repository: Command
    directory: Path
    built: list[Built] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    """The secret parts of the credentials that builds were given."""

    def build(self, name: str, role: str, *, inputs: dict[str, Path] | None = None, **variables: str) -> Built:
        """Run a buildspec of the repository as a role."""
        here = self.directory / f"build-{len(self.built)}"
        checkout = here / "source"
        shutil.copytree(self.repository.directory, checkout, ignore=shutil.ignore_patterns(".factory", "__pycache__"))
        share_gates(checkout)
        programs = StandIns(here / "programs")
        programs.add("pip")
        programs.answer("aws", output="0\n")
        programs.real("factory", [sys.executable, "-c", FACTORY])
        session = self.repository.take_on(role)
        self.secrets.update((session.secret, session.token))
        environment = {
            **session.variables,
            "AWS_ENDPOINT_URL": self.repository.sandbox.endpoint,
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            **variables,
        }
        spec = load(checkout / f"buildspecs/{name}.yml")
        built = run(spec, source=checkout, stand_ins=programs, environment=environment, inputs=inputs or {})
        self.built.append(built)
        return built

    def plan(self, environment: str, role: str = "factory-pipeline-plan") -> Built:
        return self.build("plan", role, ENVIRONMENT=environment)

    def publish(self, environment: str, plan: Built, role: str = "factory-pipeline-publish") -> Built:
        name = f"Plan_{environment}"
        directory = plan.artifacts[""]["plan.json"].parent
        return self.build("publish", role, inputs={name: directory}, PLAN=name)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """A repository as `factory init` starts it, with accounts that hold every call against IAM policies."""
    directory = tmp_path_factory.mktemp("pipeline")
    Command(directory)("init", "catalog")
    repository = Command(directory / "catalog")
    repository("new", "order-queue")
    (repository.directory / "portfolios/environments.yaml").write_text(ENVIRONMENTS)
    project.write(repository, platform=TEAMS)
    # It launches what these portfolios do not offer.
    (repository.directory / "portfolios/systems/platform.yaml").unlink()
    repository("sandbox", "start", "--enforce-iam")
    repository("bootstrap", "--sandbox", "--yes")
    yield Pipeline(repository=repository, directory=directory)
    repository("sandbox", "stop")


def offered(pipeline: Pipeline, environment: str) -> list[str]:
    catalog = pipeline.repository.client("servicecatalog", "hub").search_products_as_admin()["ProductViewDetails"]
    return [
        item["ProductViewSummary"]["Name"]
        for item in catalog
        if item["ProductViewSummary"]["Distributor"] == f"product-factory/{environment}"
    ]


def test_the_pipeline_is_made_and_stays_as_it_is(pipeline: Pipeline) -> None:
    (stack,) = pipeline.repository.client("cloudformation").describe_stacks(StackName="factory-pipeline")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    again = pipeline.repository("bootstrap", "pipeline", "--sandbox", "--yes")
    assert "factory-pipeline" not in again.stderr


def test_it_validates_with_no_way_into_the_catalog(pipeline: Pipeline) -> None:
    built = pipeline.build("validate", "factory-pipeline-validate")
    assert built.succeeded, built.output
    assert "no findings in" in built.output
    refused = pipeline.plan("dev", "factory-pipeline-validate")
    assert not refused.succeeded
    assert "AccessDenied" in refused.output


def test_it_plans_and_publishes_one_environment_after_the_other(pipeline: Pipeline) -> None:
    for environment in ("dev", "prod"):
        assert offered(pipeline, environment) == []
        plan = pipeline.plan(environment)
        assert plan.succeeded, plan.output
        assert plan.exported["PLAN_CHANGES"] == "yes"
        assert plan.exported["PLAN_SUMMARY"].endswith("0 to remove in 1 place")
        done = pipeline.publish(environment, plan)
        assert done.succeeded, done.output
        told = json.loads(done.artifacts[""]["published.json"].read_text())
        assert told["complete"] is True
        assert offered(pipeline, environment) == ["order-queue"]


def test_a_second_run_has_nothing_to_do(pipeline: Pipeline) -> None:
    dev = pipeline.plan("dev")
    assert dev.exported["PLAN_CHANGES"] == "no"
    assert pipeline.publish("dev", dev).succeeded
    look = pipeline.build("plan", "factory-pipeline-plan", ENVIRONMENT="prod", STAGE="prod")
    assert (look.exported["PLAN_CHANGES"], look.exported["PLAN_SUMMARY"]) == ("no", "nothing to change")


def test_a_pull_request_is_planned_by_a_role_that_cannot_publish(pipeline: Pipeline) -> None:
    project.write(pipeline.repository, platform=project.portfolio("dev", "prod", provider="Team"))
    plan = pipeline.build("plan", "factory-pipeline-check")
    assert plan.exported["PLAN_SUMMARY"] == "0 to create, 2 to update, 0 to remove in 2 places"
    for role in ("factory-pipeline-check", "factory-pipeline-plan"):
        refused = pipeline.publish("dev", plan, role)
        assert not refused.succeeded
        assert "AccessDenied" in refused.output


def test_a_catalog_that_moved_is_left_alone(pipeline: Pipeline) -> None:
    plan = pipeline.plan("dev")
    catalog = pipeline.repository.client("servicecatalog", "hub")
    portfolios = catalog.list_portfolios()["PortfolioDetails"]
    for portfolio in portfolios:
        catalog.update_portfolio(Id=portfolio["Id"], Description="Moved by hand.")
    refused = pipeline.publish("dev", plan)
    assert not refused.succeeded
    assert "the plan no longer holds: the catalog was changed in dev/us-east-1" in refused.output
    after = catalog.list_portfolios()["PortfolioDetails"]
    assert {item["ProviderName"] for item in after} == {"Platform team"}

    # What a person does then: all actions of the stage again.
    again = pipeline.plan("dev")
    assert pipeline.publish("dev", again).succeeded


def test_no_build_tells_its_credentials(pipeline: Pipeline) -> None:
    assert len(pipeline.built) > 10
    for built in pipeline.built:
        files = [path for found in built.artifacts.values() for path in found.values()]
        told = [built.output, *built.exported.values(), *(path.read_text() for path in files)]
        assert not [text for text in told if any(secret in text for secret in pipeline.secrets)]


def test_it_can_be_taken_down_and_made_again(pipeline: Pipeline) -> None:
    factory = pipeline.repository
    gone = factory("bootstrap", "pipeline", "--take-down", "--sandbox", "--yes")
    assert "factory-pipeline removed" in gone.stderr
    assert "aws logs delete-log-group --log-group-name factory-pipeline-PlanLog-" in gone.stderr
    assert factory.client("codebuild").list_projects()["projects"] == []
    again = factory("bootstrap", "pipeline", "--sandbox", "--yes")
    assert "factory-pipeline created" in again.stderr
