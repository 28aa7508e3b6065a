"""The buildspecs of the factory's pipeline: what they run in which repository, and what they hand on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.buildspecs.build import Built, run
from tests.buildspecs.buildspec import load
from tests.buildspecs.stand_ins import StandIns
from tests.conftest import ROOT

NOTHING = "nothing to change\n"
CHANGES = "dev/us-east-1\n  + product  network\n1 to create, 0 to update, 0 to remove in 1 place\n"


class Build:
    """One build in an empty repository."""

    def __init__(self, directory: Path) -> None:
        self.source = directory / "source"
        self.source.mkdir()
        self.programs = StandIns(directory / "programs")
        self.programs.add("pip", "ruff", "mypy", "python", "factory", "aws")

    def write(self, name: str, text: str = "") -> None:
        (self.source / name).parent.mkdir(parents=True, exist_ok=True)
        (self.source / name).write_text(text)

    def __call__(self, name: str, **environment: str) -> Built:
        more = {"CODEBUILD_BUILD_ID": "factory-plan:1234", "CODEBUILD_INITIATOR": "codepipeline/factory", **environment}
        spec = load(ROOT / f"buildspecs/{name}.yml")
        return run(spec, source=self.source, stand_ins=self.programs, environment=more, timeout_seconds=30)

    def calls(self, name: str) -> list[str]:
        return [str(call) for call in self.programs.calls(name)]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path)


@pytest.mark.parametrize("name", ["validate", "plan", "publish"])
def test_packages_are_those_that_the_repository_names(name: str) -> None:
    installed = re.findall(r"pip install (.*)", "\n".join(load(ROOT / f"buildspecs/{name}.yml").commands()))
    assert installed
    assert all(re.search(r"--requirement requirements\S*\.txt$", line) for line in installed)


LINT = ["lint", "lint --junit", "lint --sarif", "controls --format json"]


def test_a_small_repository_is_linted_alone(build: Build) -> None:
    built = build("validate")
    assert built.succeeded, built.output
    assert build.calls("pip") == ["install --disable-pip-version-check --quiet --requirement requirements.txt"]
    assert build.calls("factory") == LINT
    assert [build.calls(name) for name in ("ruff", "mypy", "python")] == [[], [], []]
    assert sorted(built.artifacts[""]) == ["controls.json", "lint.sarif", "lint.xml"]
    assert list(built.reports) == ["lint"]


def test_a_large_repository_is_checked_with_what_it_uses(build: Build) -> None:
    build.write("pyproject.toml", "[tool.ruff]\n[tool.mypy]\n")
    build.write("requirements-test.txt")
    build.write("tests/products/test_network.py")
    build.programs.answer("python", files={"reports/tests.xml": "<testsuites/>"})
    built = build("validate")
    assert built.succeeded, built.output
    assert [call.split()[-1] for call in build.calls("pip")] == ["requirements.txt", "requirements-test.txt"]
    assert build.calls("ruff") == ["format --check .", "check ."]
    assert len(build.calls("mypy")) == 1
    assert build.calls("python") == ["-m pytest tests/products --junit-xml reports/tests.xml"]
    assert sorted(built.reports) == ["lint", "tests"]


@pytest.mark.parametrize(
    ("program", "arguments", "ends"),
    [
        ("pip", "*", ("install",)),
        ("ruff", "format *", ("build",)),
        ("ruff", "check *", ("build",)),
        ("mypy", "*", ("build",)),
        ("factory", "lint*", ("build",)),
        ("python", "*", ("build",)),
    ],
)
def test_whatever_fails_refuses_the_commit(program: str, arguments: str, ends: tuple[str, ...], build: Build) -> None:
    build.write("pyproject.toml", "[tool.ruff]\n[tool.mypy]\n")
    build.write("tests/products/test_network.py")
    build.programs.answer(program, arguments, code=1)
    built = build("validate")
    assert not built.succeeded
    assert tuple(name for name, succeeded in built.phases.items() if succeeded is False) == ends
    if program != "pip":
        assert {"lint.xml", "lint.sarif"} <= built.artifacts[""].keys()


def test_a_plan_is_saved_and_summed_up(build: Build) -> None:
    build.programs.answer("factory", output=CHANGES, code=3, files={"plan.json": "{}"})
    built = build("plan", ENVIRONMENT="dev")
    assert built.succeeded, built.output
    assert build.calls("factory") == ["plan --environment dev --save plan.json --exit-code"]
    assert built.output == CHANGES
    assert built.exported == {
        "PLAN_CHANGES": "yes",
        "PLAN_SUMMARY": "1 to create, 0 to update, 0 to remove in 1 place",
        "PLAN_BUILD": "factory-plan%3A1234",
    }
    assert sorted(built.artifacts[""]) == ["plan.json", "plan.txt"]
    assert build.calls("aws") == []


def test_a_pull_request_is_planned_for_all_environments(build: Build) -> None:
    build.programs.answer("factory", output=NOTHING, files={"plan.json": "{}"})
    built = build("plan")
    assert build.calls("factory") == ["plan --save plan.json --exit-code"]
    assert (built.exported["PLAN_CHANGES"], built.exported["PLAN_SUMMARY"]) == ("no", "nothing to change")


@pytest.mark.parametrize("code", [1, 2, 130])
def test_a_plan_that_fails_ends_the_build(code: int, build: Build) -> None:
    build.programs.answer("factory", error="error: no\n", code=code)
    built = build("plan", ENVIRONMENT="dev")
    assert not built.succeeded
    assert "PLAN_CHANGES" not in built.exported


@pytest.mark.parametrize(
    ("executions", "worth_entering"), [("0\n", "no"), ("1\n", "yes"), ("", "yes")], ids=["free", "busy", "unknown"]
)
def test_a_stage_is_skipped_only_while_nothing_is_in_it(executions: str, worth_entering: str, build: Build) -> None:
    build.programs.answer("factory", output=NOTHING, files={"plan.json": "{}"})
    build.programs.answer("aws", output=executions, code=0 if executions else 254)
    built = build("plan", ENVIRONMENT="prod", STAGE="prod")
    assert built.succeeded, built.output
    assert built.exported["PLAN_CHANGES"] == worth_entering
    (call,) = build.programs.calls("aws")
    assert call.arguments[:4] == ("codepipeline", "get-pipeline-state", "--name", "factory")
    assert "stageName=='prod'" in call.arguments[-1]


def test_exactly_the_saved_plan_is_published(build: Build, tmp_path: Path) -> None:
    build.programs.answer("factory", output='{"changes": [], "complete": true}')
    spec = load(ROOT / "buildspecs/publish.yml")
    built = run(
        spec,
        source=build.source,
        stand_ins=build.programs,
        environment={"PLAN": "Plan_dev"},
        inputs={"Plan_dev": tmp_path / "input"},
    )
    assert built.succeeded, built.output
    assert build.calls("factory") == [f"publish --plan {tmp_path / 'input'}/plan.json --json"]
    assert json.loads(built.artifacts[""]["published.json"].read_text())["complete"] is True


def test_the_stage_is_asked_about_in_words_that_the_cli_understands() -> None:
    """The query of plan.yml, on answers such as GetPipelineState gives."""
    import jmespath

    text = (ROOT / "buildspecs/plan.yml").read_text()
    query = text.partition("--query \\\n")[2].partition(')"\n')[0].strip().strip('"').replace("$STAGE", "prod")

    def ask(**prod: object) -> object:
        stages = [{"stageName": "dev", "latestExecution": {"status": "InProgress"}}, {"stageName": "prod", **prod}]
        return jmespath.search(query, {"stageStates": stages})

    assert ask() == 0
    assert ask(latestExecution={"status": "Succeeded"}, inboundExecutions=[]) == 0
    assert ask(latestExecution={"status": "InProgress"}) == 1
    assert ask(latestExecution={"status": "Failed"}, inboundExecutions=[{"pipelineExecutionId": "1"}]) == 1
