"""Commands on the sandbox: the documents that other tools rely on, and what a refusal leaves behind."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.command import Command
from tests.conftest import shipped


def test_sandbox_status_tells_endpoint_accounts_and_regions(sandboxed: Command) -> None:
    status = sandboxed.json("sandbox", "status")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", status["endpoint"])
    assert status["accounts"]["hub"] == "111111111111"
    assert {"dev", "staging", "prod"} <= status["accounts"].keys()
    assert "us-east-1" in status["regions"]
    units = {unit["path"]: unit for unit in status["organization"]["units"]}
    assert status["accounts"]["prod"] in units["Workloads/Prod"]["accounts"]
    printed = sandboxed("sandbox", "status").stdout.splitlines()
    assert f"organization  {status['organization']['id']}  managed by hub" in printed
    assert f"unit          {units['Workloads']['id']}  Workloads" in printed


def test_status_shows_how_much_of_each_type_is_made(sandboxed: Command) -> None:
    types = sandboxed.json("sandbox", "status", "--types")
    assert types["AWS::EC2::InternetGateway"]["fidelity"] == "real"
    assert types["AWS::ApplicationAutoScaling::ScalingPolicy"]["fidelity"] == "recorded"
    printed = sandboxed("sandbox", "status", "--types").stdout.splitlines()
    assert len(printed) == len(types) + 1


def test_starting_twice_keeps_the_one_that_runs(sandboxed: Command) -> None:
    before = sandboxed.json("sandbox", "status")
    sandboxed("sandbox", "start")
    refused = sandboxed("sandbox", "start", "--port", "1", code=1)
    assert refused.stderr == f"error: sandbox: it runs at {before['endpoint']} already\nhint:  factory sandbox stop\n"
    assert sandboxed.json("sandbox", "status") == before


def test_env_points_any_tool_at_an_account(sandboxed: Command) -> None:
    settings = dict(re.findall(r"export (\w+)=(\S+)", sandboxed("sandbox", "env", "-e", "dev").stdout))
    assert settings["AWS_ACCESS_KEY_ID"] == sandboxed.json("sandbox", "status")["accounts"]["dev"]
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    # A profile left over from real accounts must not get in the way.
    shell = f'export AWS_PROFILE=other; eval "$(cat)"; python -c "{script}"'
    printed = subprocess.run(
        ["bash", "-c", shell],
        input=sandboxed("sandbox", "env", "-e", "dev").stdout,
        env={"PATH": os.environ["PATH"], "HOME": str(sandboxed.directory)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout.strip() == settings["AWS_ACCESS_KEY_ID"]


def test_plan_says_what_would_change_and_exits_with_three(sandboxed: Command) -> None:
    path = sandboxed.directory / "portfolios/platform.yaml"
    before = path.read_text()
    path.write_text(before.replace("display-name: Platform", "display-name: Renamed"))
    try:
        plan = sandboxed.json("plan", "--sandbox", "-e", "dev", "--exit-code", code=3)
        (change,) = plan["changes"]
        assert (change["environment"], change["region"], change["action"]) == ("dev", "us-east-1", "update")
        assert change["subject"] == "portfolio platform"
        assert "Platform → Renamed" in sandboxed("plan", "--sandbox", "-e", "dev").stdout
    finally:
        path.write_text(before)
    assert sandboxed.json("plan", "--sandbox", "--exit-code") == {"changes": [], "kept": []}


def test_doctor_finds_a_published_catalog_clean(sandboxed: Command) -> None:
    document = sandboxed.json("doctor", "--sandbox", "-e", "dev")
    assert document["healthy"]
    assert [account["name"] for account in document["accounts"]] == ["hub", "dev"]
    assert document["calls"] == sum(account["calls"] for account in document["accounts"])
    found = [(item["severity"], item["check"]) for account in document["accounts"] for item in account["findings"]]
    assert found == [("note", "principals")]


def test_publish_asks_unless_told_not_to(sandboxed: Command) -> None:
    path = sandboxed.directory / "portfolios/platform.yaml"
    before = path.read_text()
    path.write_text(before.replace("display-name: Platform", "display-name: Renamed"))
    try:
        done = sandboxed("publish", "--sandbox", code=2)
    finally:
        path.write_text(before)
    assert "publish: nobody to ask" in done.stderr
    assert sandboxed.json("plan", "--sandbox") == {"changes": [], "kept": []}


def test_launch_tells_status_outputs_and_what_is_real(sandboxed: Command) -> None:
    launched = sandboxed.json("launch", "foundation", "-e", "dev", "--sandbox")
    assert launched["status"] == "AVAILABLE"
    assert launched["outputs"]["DomainName"] == "dev.example.com"
    assert launched["resources"].keys() == {"real", "partial", "recorded"}
    assert launched["resources"]["real"] > 0
    (row,) = sandboxed.json("status", "-e", "dev", "--sandbox")
    assert {"environment": "dev", "name": "foundation", "product": "foundation", "status": "AVAILABLE"}.items() <= (
        row.items()
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("network", "-p", "Zones=7"), "parameter Zones: 7 is not one of 2, 3"),
        (("network", "-p", "Zone=2"), "parameter Zone is unknown: did you mean Zones?"),
        (("netwrok",), "product netwrok is not offered in staging/us-east-1: did you mean network?"),
        (("network", "--version", "9.9.9"), f"version 9.9.9 is not offered; there is {shipped()['network'].version}"),
        (("network",), "/platform/main/foundation/key-arn, which product foundation provides"),
        (("foundation", "-p", "Environment=prod"), "Environment must be staging here."),
        (("foundation", "--portfolio", "Other"), "portfolio Other does not offer it"),
    ],
)
def test_a_wrong_launch_is_refused_before_anything_is_made(
    arguments: tuple[str, ...], message: str, sandboxed: Command
) -> None:
    done = sandboxed("launch", *arguments, "-e", "staging", "--sandbox", code=1)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert sandboxed.json("status", "-e", "staging", "--sandbox") == []


WRONG = """\
display-name: Wrong
environments: [staging]
launches:
  base:
    product: foundation
    parameters: {ArchiveDays: many}
  net:
    product: network
    parameters: {Zone: 2}
  more:
    product: cluster
"""


def test_all_that_is_wrong_with_a_system_shows_before_anything_is_made(sandboxed: Command) -> None:
    file = sandboxed.directory / "portfolios/systems/wrong.yaml"
    file.write_text(WRONG)
    try:
        done = sandboxed("up", "wrong", "-e", "staging", "--sandbox", code=1)
        rows = sandboxed.json("status", "--system", "wrong", "--sandbox")
    finally:
        file.unlink()
    assert done.stderr.splitlines()[0] == "error: launches in staging/us-east-1: nothing was begun"
    assert "  base: parameter ArchiveDays: many" in done.stderr
    assert "  net: parameter Zone is unknown: did you mean Zones?" in done.stderr
    assert [(row["name"], row["version"], row["status"]) for row in rows] == [
        ("base", None, None),
        ("net", None, None),
        ("more", None, None),
    ]


def test_a_broken_template_rule_is_told_in_its_own_words(sandboxed: Command) -> None:
    for product in ("foundation", "network"):
        sandboxed("launch", product, "-e", "prod", "--sandbox")
    done = sandboxed("launch", "cluster", "-e", "prod", "--sandbox", "-p", "DomainName=", code=1)
    assert "A load balancer needs a domain name" in done.stderr
    assert "cluster" not in {row["name"] for row in sandboxed.json("status", "-e", "prod", "--sandbox")}


def test_terminating_what_is_not_there_names_what_is(sandboxed: Command) -> None:
    done = sandboxed("terminate", "fundation", "-e", "dev", "--sandbox", code=1)
    assert "nothing is launched as fundation in dev/us-east-1: did you mean foundation?" in done.stderr


def test_hints_stay_in_the_sandbox(sandboxed: Command) -> None:
    done = sandboxed("launch", "network", "-e", "staging", "--sandbox", code=1)
    assert "hint:  factory launch foundation -e staging --sandbox" in done.stderr


def test_without_credentials_real_accounts_are_not_touched(sandboxed: Command) -> None:
    missing = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    done = sandboxed("plan", code=1, **missing, AWS_EC2_METADATA_DISABLED="true")
    assert "credentials for hub (account 111111111111)" in done.stderr
    assert "--sandbox" in done.stderr


def test_wrong_credentials_are_told(sandboxed: Command) -> None:
    """The sandbox answers as AWS does, for an account that is not the one in the manifest."""
    endpoint = sandboxed.json("sandbox", "status")["endpoint"]
    keys = {"AWS_ACCESS_KEY_ID": "999999999999", "AWS_SECRET_ACCESS_KEY": "x", "AWS_ENDPOINT_URL": endpoint}
    done = sandboxed("plan", code=1, **keys)
    assert "credentials for hub belong to account 999999999999, not to 111111111111" in done.stderr
    keys["AWS_ACCESS_KEY_ID"] = "AKIAIOSFODNN7EXAMPLE"
    done = sandboxed("plan", code=1, **keys)
    assert "credentials for hub (account 111111111111)" in done.stderr
