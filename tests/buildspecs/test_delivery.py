"""The builds of a service's pipeline, with stand-ins for docker, the scanners and AWS."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.buildspecs.build import Built, run
from tests.buildspecs.buildspec import load
from tests.buildspecs.stand_ins import StandIns
from tests.conftest import ROOT

URI = "111111111111.dkr.ecr.us-east-1.amazonaws.com/sc-orders"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
IMAGE = {
    "ARCHITECTURE": "X86_64",
    "BRANCH": "release/1.2.0",
    "COMMIT": COMMIT,
    "FEATURE_BRANCH": "-",
    "REPOSITORY_URI": URI,
    "REPOSITORY_NAME": "sc-orders",
    "DOCKERFILE": "Dockerfile",
    "CONTEXT": ".",
    "OWN_ENVIRONMENT": "dev",
    "RELEASE_ENVIRONMENTS": "test qa",
    "PROD_ENVIRONMENT": "prod",
    "SCAN_POLL_SECONDS": "0",
    "SCAN_POLLS": "3",
}
DEPLOY = {
    "SERVICE": "orders",
    "ENVIRONMENT": "test",
    "IMAGE": f"{URI}:0123-release-1.2.0",
    "DEPLOYER": "factory-deployer-test-main",
    "DEPLOY_ROLE_ARN": "arn:aws:iam::333333333333:role/factory-deploy-test-main",
    "PIPELINE": "shop-dev-pipeline-main-orders",
    "POLL_SECONDS": "0",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


@pytest.fixture
def stand_ins(tmp_path: Path) -> StandIns:
    """Downloads are there, and are what their digests say; every program is content with everything."""
    jq = shutil.which("jq")
    if jq is None:
        pytest.skip("jq is not there, which CodeBuild's images have")
    made = StandIns(tmp_path / "programs")
    made.add("curl", "sha256sum", "docker", "trivy", "gitleaks", "semgrep", "npm", "python", "tar", "aws")
    made.real("jq", [jq])
    return made


def build(name: str, source: Path, stand_ins: StandIns, given: Mapping[str, str]) -> Built:
    tools = {"TOOLS": str(source.parent / "tools")}
    return run(
        load(ROOT / f"buildspecs/{name}.yml"),
        source=source,
        stand_ins=stand_ins,
        environment={**tools, **given},
        timeout_seconds=20,
    )


def asked(stand_ins: StandIns, program: str, beginning: str) -> list[str]:
    return [str(call) for call in stand_ins.calls(program) if str(call).startswith(beginning)]


# --- tests and scans ---


@pytest.mark.parametrize(
    ("runtime", "command", "expected"),
    [
        ("nodejs", "auto", {"npm": ["ci --no-audit --no-fund", "test"]}),
        (
            "python",
            "auto",
            {"python": ["-m pip install pytest -r requirements.txt", "-m pytest --junitxml=reports/pytest.xml"]},
        ),
        ("other", "npm run all && python check.py", {"npm": ["run all"], "python": ["check.py"]}),
    ],
)
def test_a_service_is_tested_as_its_runtime_is(
    runtime: str, command: str, expected: dict[str, list[str]], source: Path, stand_ins: StandIns
) -> None:
    (source / "requirements.txt").write_text("fastapi\n")
    built = build("test", source, stand_ins, {"RUNTIME": runtime, "TEST_COMMAND": command})
    assert built.succeeded, built.output
    assert {name: [str(call) for call in stand_ins.calls(name)] for name in expected} == expected


def test_failed_tests_stop_the_pipeline_and_their_report_is_kept(source: Path, stand_ins: StandIns) -> None:
    stand_ins.answer("npm", "test", code=1, files={"reports/junit.xml": "<testsuites/>"})
    built = build("test", source, stand_ins, {"RUNTIME": "nodejs", "TEST_COMMAND": "auto"})
    assert not built.succeeded
    assert list(built.reports["unit"]) == ["junit.xml"]


def test_another_runtime_needs_a_command(source: Path, stand_ins: StandIns) -> None:
    built = build("test", source, stand_ins, {"RUNTIME": "other", "TEST_COMMAND": "auto"})
    assert not built.succeeded
    assert "test command" in built.output


def test_source_is_scanned_for_secrets_faults_and_holes(source: Path, stand_ins: StandIns) -> None:
    built = build("security-scan", source, stand_ins, {})
    assert built.succeeded, built.output
    assert asked(stand_ins, "gitleaks", "dir .")
    assert "--error" in asked(stand_ins, "semgrep", "scan")[0]
    assert "--severity HIGH,CRITICAL --exit-code 1" in asked(stand_ins, "trivy", "filesystem")[0]
    (installed,) = asked(stand_ins, "python", "-m pip install")
    assert "==" in installed


@pytest.mark.parametrize("program", ["gitleaks", "semgrep", "trivy"])
def test_what_a_scanner_finds_stops_the_pipeline(program: str, source: Path, stand_ins: StandIns) -> None:
    stand_ins.answer(program, code=1)
    assert not build("security-scan", source, stand_ins, {}).succeeded


@pytest.mark.parametrize("name", ["security-scan", "image-build"])
def test_a_tool_of_another_digest_is_not_used(name: str, source: Path, stand_ins: StandIns) -> None:
    stand_ins.real("sha256sum", [str(shutil.which("sha256sum"))])
    tools = source.parent / "tools"
    stand_ins.answer("curl", files={str(tools / f"{tool}.tar.gz"): "forged" for tool in ("trivy", "gitleaks")})
    assert not build(name, source, stand_ins, IMAGE).succeeded
    assert stand_ins.calls("tar") == []


# --- images ---


def registry(
    stand_ins: StandIns,
    *,
    there: tuple[str, ...] = (),
    status: str = "COMPLETE",
    counts: Mapping[str, int] | None = None,
    because: str = "",
) -> None:
    """What the registry says: which tags there are already, and how their scans ended."""
    stand_ins.answer("aws", "ecr list-images *", output="\t".join(there) + "\n" * bool(there))
    found = {"imageScanFindings": {"findings": [], "findingSeverityCounts": counts}} if counts is not None else {}
    scanned = {"imageScanStatus": {"status": status, "description": because}, **found}
    stand_ins.answer("aws", "ecr describe-image-scan-findings *", output=json.dumps(scanned))


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        ({}, ["0123456789ab-release-1.2.0-test", "0123456789ab-release-1.2.0-qa"]),
        ({"BRANCH": "prod/1.2.0"}, ["0123456789ab-prod-1.2.0-prod"]),
        ({"BRANCH": "main"}, ["0123456789ab-main-dev"]),
        ({"BRANCH": "main", "FEATURE_BRANCH": "feature/one two"}, ["0123456789ab-feature-one-two-dev"]),
        # Nobody reaches prod by a name.
        ({"BRANCH": "main", "FEATURE_BRANCH": "prod/x"}, ["0123456789ab-prod-x-dev"]),
        ({"BRANCH": "prod/" + "x" * 200}, ["0123456789ab-prod-" + "x" * 85 + "-prod"]),
    ],
    ids=["release", "prod", "default", "feature", "name", "long"],
)
def test_tags_hold_commit_branch_and_environment(
    given: dict[str, str], tags: list[str], source: Path, stand_ins: StandIns
) -> None:
    registry(stand_ins)
    built = build("image-build", source, stand_ins, {**IMAGE, **given})
    assert built.succeeded, built.output
    assert asked(stand_ins, "docker", "push") == [f"push {URI}:{tag}" for tag in tags]
    assert len(asked(stand_ins, "docker", "build")) == 1
    assert all(len(tag) <= 128 for tag in tags)
    assert built.exported == {"IMAGE": f"{URI}:{tags[0].rpartition('-')[0]}"}


def test_an_image_with_holes_is_not_pushed(source: Path, stand_ins: StandIns) -> None:
    registry(stand_ins)
    stand_ins.answer("trivy", "image *", code=1)
    assert not build("image-build", source, stand_ins, IMAGE).succeeded
    assert asked(stand_ins, "docker", "push") == []


@pytest.mark.parametrize(
    ("status", "counts", "succeeded"),
    [
        ("COMPLETE", {"MEDIUM": 3}, True),
        ("ACTIVE", {}, True),
        ("COMPLETE", {"HIGH": 1}, False),
        ("ACTIVE", {"CRITICAL": 1, "LOW": 2}, False),
        ("UNSUPPORTED_IMAGE", None, True),
        ("FAILED", None, False),
        ("IN_PROGRESS", None, False),
        ("LIMIT_EXCEEDED", None, False),
    ],
)
def test_the_registrys_scan_gates_the_deployment(
    status: str, counts: Mapping[str, int] | None, succeeded: bool, source: Path, stand_ins: StandIns
) -> None:
    registry(stand_ins, status=status, counts=counts)
    built = build("image-build", source, stand_ins, {**IMAGE, "ENVIRONMENT": "test"})
    assert built.succeeded is succeeded, built.output


def test_an_image_that_the_registry_cannot_scan_is_trivys(source: Path, stand_ins: StandIns) -> None:
    registry(stand_ins, status="FAILED", because="UnsupportedImageError: The operating system is not supported.")
    built = build("image-build", source, stand_ins, IMAGE)
    assert built.succeeded, built.output
    assert "The registry cannot scan this image; Trivy has." in built.output


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("An error occurred (ScanNotFoundException): no scan is there", "has not scanned"),
        ("An error occurred (AccessDeniedException): not authorized", "not authorized"),
    ],
)
def test_a_scan_that_never_begins_stops_the_build(error: str, says: str, source: Path, stand_ins: StandIns) -> None:
    registry(stand_ins)
    stand_ins.answer("aws", "ecr describe-image-scan-findings *", error=error, code=254)
    built = build("image-build", source, stand_ins, IMAGE)
    assert not built.succeeded
    assert says in built.output
    # What has not begun may still begin; what may not be asked is not asked again.
    polls = int(IMAGE["SCAN_POLLS"]) + 1 if "NotFound" in error else 1
    assert len(asked(stand_ins, "aws", "ecr describe-image-scan-findings")) == polls
    # A registry that scans nothing by itself is asked to, once.
    assert len(asked(stand_ins, "aws", "ecr start-image-scan")) == (polls > 1)


def test_tags_never_move(source: Path, stand_ins: StandIns) -> None:
    """A run that is repeated builds nothing again, and one that broke off gives both environments the same image."""
    both = ("0123456789ab-release-1.2.0-test", "0123456789ab-release-1.2.0-qa")
    registry(stand_ins, there=both)
    assert build("image-build", source, stand_ins, IMAGE).succeeded
    assert asked(stand_ins, "docker", "build") == asked(stand_ins, "docker", "push") == []
    registry(stand_ins, there=both[:1])
    assert build("image-build", source, stand_ins, IMAGE).succeeded
    assert asked(stand_ins, "docker", "build") == []
    assert asked(stand_ins, "docker", "pull") == [f"pull {URI}:{both[0]}"]
    assert asked(stand_ins, "docker", "push") == [f"push {URI}:{both[1]}"]


def test_prod_gets_the_image_that_was_tested(source: Path, stand_ins: StandIns) -> None:
    tested = "0123456789ab-release-1.2.0-qa"
    registry(stand_ins, there=(tested,))
    built = build("image-build", source, stand_ins, {**IMAGE, "BRANCH": "prod/1.2.0"})
    assert built.succeeded, built.output
    assert asked(stand_ins, "docker", "build") == []
    image = f"{URI}:0123456789ab-prod-1.2.0"
    assert [str(call) for call in stand_ins.calls("docker")][1:] == [
        f"pull {URI}:{tested}",
        f"tag {URI}:{tested} {image}",
        f"tag {image} {image}-prod",
        f"push {image}-prod",
    ]


def test_a_registry_that_does_not_answer_stops_the_build(source: Path, stand_ins: StandIns) -> None:
    registry(stand_ins)
    stand_ins.answer("aws", "ecr list-images *", code=254)
    assert not build("image-build", source, stand_ins, IMAGE).succeeded
    assert asked(stand_ins, "docker", "build") == []


def test_a_branch_that_goes_nowhere_is_refused(source: Path, stand_ins: StandIns) -> None:
    built = build("image-build", source, stand_ins, {**IMAGE, "RELEASE_ENVIRONMENTS": ""})
    assert not built.succeeded
    assert "No environment is set for what release/1.2.0 is delivered to." in built.output


def test_the_scanner_is_that_of_the_processor(source: Path, stand_ins: StandIns) -> None:
    registry(stand_ins)
    assert build("image-build", source, stand_ins, {**IMAGE, "ARCHITECTURE": "ARM64"}).succeeded
    assert "Linux-ARM64" in str(stand_ins.calls("curl")[0])


# --- deployments ---


def deployer(stand_ins: StandIns, *answers: dict[str, object]) -> None:
    """The function answers in this order; the last answer stays."""
    home = stand_ins.directory / ".answers"
    home.mkdir()
    for number, answer in enumerate(answers):
        failed = "errorMessage" in answer
        call = {"StatusCode": 200, **({"FunctionError": "Unhandled"} if failed else {})}
        (home / f"{number}.json").write_text(json.dumps(answer))
        (home / f"{number}.call").write_text(json.dumps(call))
    program = f"""#!/bin/bash
echo "$@" >> {home}/calls
case "$*" in
  "lambda invoke"*) ;;
  "codepipeline get-pipeline-execution"*) cat {home}/execution.json; exit 0 ;;
  *) exit 0 ;;
esac
cat request.json >> {home}/requests
count=$(ls {home}/*.taken 2>/dev/null | wc -l)
if [ ! -f {home}/$count.json ]; then count=$((count - 1)); fi
touch {home}/$count.taken
for last; do :; done
cat {home}/$count.json > "$last"
cat {home}/$count.call
"""
    (stand_ins.directory / "aws").write_text(program)


def requests(stand_ins: StandIns) -> list[dict[str, str]]:
    return [json.loads(line) for line in (stand_ins.directory / ".answers/requests").read_text().splitlines()]


RUNS = {"image": f"{URI}:old-test", "status": "DONE"}


def test_a_deployment_updates_the_launch_and_waits(source: Path, stand_ins: StandIns) -> None:
    deployer(
        stand_ins,
        {**RUNS, "status": "RUNNING"},
        RUNS,
        {"record": "rec-1"},
        {"status": "RUNNING", "reasons": [], "outputs": {}},
        {"status": "DONE", "reasons": [], "outputs": {"Address": "https://orders.example.com"}, "path": "/orders"},
    )
    built = build("deploy", source, stand_ins, DEPLOY)
    assert built.succeeded, built.output
    assert [request["do"] for request in requests(stand_ins)] == ["describe", "describe", "update", "watch", "watch"]
    assert {request["image"] for request in requests(stand_ins)} == {f"{DEPLOY['IMAGE']}-test"}
    assert requests(stand_ins)[-1]["record"] == "rec-1"
    assert built.exported["ADDRESS"] == "https://orders.example.com"
    assert built.exported["SERVICE_PATH"] == "/orders"
    assert built.exported["CHANGE"] == f"orders in test: {URI}:old-test becomes {DEPLOY['IMAGE']}-test"
    calls = (stand_ins.directory / ".answers/calls").read_text()
    assert "--profile target --function-name factory-deployer-test-main" in calls


def test_a_failed_update_fails_with_the_resource_that_is_to_blame(source: Path, stand_ins: StandIns) -> None:
    reason = "Service: ECS Deployment Circuit Breaker was triggered."
    failed = {"status": "FAILED", "reasons": [reason], "outputs": {}}
    deployer(stand_ins, RUNS, {"record": "rec-1"}, failed)
    built = build("deploy", source, stand_ins, DEPLOY)
    assert not built.succeeded
    assert reason in built.output
    assert "orders still runs what it ran before." in built.output


def test_what_the_deployer_refuses_fails_the_deployment(source: Path, stand_ins: StandIns) -> None:
    deployer(stand_ins, {"errorMessage": "launch orders: pipelines may not update it here", "errorType": "Permission"})
    built = build("deploy", source, stand_ins, DEPLOY)
    assert not built.succeeded
    assert "pipelines may not update it here" in built.output


@pytest.mark.parametrize(
    ("summary", "says"),
    [
        ('{"ProviderType":"GitHub","CommitMessage":"Faster \\"search\\"\\n\\nLonger text"}', 'Faster "search"'),
        ("Plain words", "Plain words"),
        ("x" * 300, "x" * 120),
    ],
)
def test_an_approval_tells_what_changes(summary: str, says: str, source: Path, stand_ins: StandIns) -> None:
    deployer(stand_ins, RUNS)
    execution = {"pipelineExecution": {"artifactRevisions": [{"name": "Source", "revisionSummary": summary}]}}
    (stand_ins.directory / ".answers/execution.json").write_text(json.dumps(execution))
    built = build("deploy", source, stand_ins, {**DEPLOY, "DO": "compare", "EXECUTION": "run-1"})
    assert built.succeeded, built.output
    assert [request["do"] for request in requests(stand_ins)] == ["describe"]
    assert built.exported["CHANGE"].endswith(f"becomes {DEPLOY['IMAGE']}-test - {says}")


HOST = "https://orders.example.com"


@pytest.mark.parametrize(
    ("address", "path", "expected"),
    [
        (HOST, "/health", f"{HOST}/health"),
        (HOST, "auto", f"{HOST}/orders"),
        ("-", "/health", None),
        ("-", "auto", None),
        (HOST, "none", None),
        ("https://*.example.com", "auto", None),
    ],
)
def test_a_service_with_an_address_is_asked(
    address: str, path: str, expected: str | None, source: Path, stand_ins: StandIns
) -> None:
    given = {"ADDRESS": address, "SMOKE_PATH": path, "SERVICE_PATH": "/orders"}
    stand_ins.answer("curl", output="200")
    assert build("smoke-test", source, stand_ins, given).succeeded
    assert [call.arguments[-1] for call in stand_ins.calls("curl")] == ([expected] if expected else [])
    stand_ins.answer("curl", code=22)
    assert build("smoke-test", source, stand_ins, given).succeeded is (expected is None)


@pytest.mark.parametrize(("status", "succeeded"), [("200", True), ("302", True), ("401", True), ("503", False)])
def test_a_service_may_refuse_whom_it_does_not_know(
    status: str, succeeded: bool, source: Path, stand_ins: StandIns
) -> None:
    """Only a path of the team's own choice has to answer with success."""
    given = {"ADDRESS": HOST, "SMOKE_PATH": "auto", "SERVICE_PATH": "/orders"}
    stand_ins.answer("curl", output=status)
    assert build("smoke-test", source, stand_ins, given).succeeded is succeeded
    assert "--fail" not in str(stand_ins.calls("curl")[0])
    stand_ins.answer("curl")
    assert build("smoke-test", source, stand_ins, {**given, "SMOKE_PATH": "/health"}).succeeded
    assert "--fail" in str(stand_ins.calls("curl")[-1])


def test_a_load_balancer_without_a_domain_is_asked_all_the_same(source: Path, stand_ins: StandIns) -> None:
    """Its certificate is for another name."""
    stand_ins.answer("curl", output="200")
    for address in ("https://lb-1.us-east-1.elb.amazonaws.com", HOST):
        assert build("smoke-test", source, stand_ins, {"ADDRESS": address, "SMOKE_PATH": "auto", "SERVICE_PATH": "/"})
    assert ["--insecure" in call.arguments for call in stand_ins.calls("curl")] == [True, False]
