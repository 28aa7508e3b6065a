"""Commands that need no AWS: what they print, where, and how they end."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from defusedxml import ElementTree

from factory.cli.main import COMMANDS
from factory.planning.written import Written
from tests.command import Command
from tests.conftest import ROOT, shipped

EXCUSED = ("foundation", "network")
"""Products with exceptions."""


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command_shows_an_example(name: str, tmp_path: Path) -> None:
    # In an interpreter that has imported nothing yet: each command must find by itself what it needs.
    code = "import sys; from factory.cli.main import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", code, name, "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Example: factory" in done.stdout
    # Whoever asks for help does not wait for these.
    assert {"boto3", "ministack"} & set(done.stderr.split()) == set()


def test_list_says_what_each_product_requires_and_provides(factory: Command) -> None:
    rows = {row["product"]: row for row in factory.json("list")}
    assert rows["network"].keys() == {"product", "version", "requires", "provides"}
    assert "network/vpc-id" in rows["network"]["provides"]
    assert "network/vpc-id" in rows["cluster"]["requires"]


def test_list_in_a_pipe_is_a_line_a_product(factory: Command) -> None:
    heading, *lines = factory("list").stdout.splitlines()
    assert heading.split("\t") == ["product", "version", "requires", "provides"]
    assert [line.split("\t")[0] for line in lines] == [row["product"] for row in factory.json("list")]


def test_synth_writes_one_file_a_product(factory: Command) -> None:
    done = factory("synth", "network", "foundation", "-o", "build")
    names = sorted(path.name for path in (factory.directory / "build").glob("*.json"))
    assert names == ["foundation.template.json", "network.template.json"]
    assert done.stdout == ""


def test_synth_of_one_product_goes_to_standard_output(factory: Command) -> None:
    assert "Resources" in json.loads(factory("synth", "foundation").stdout)


def test_diff_compares_with_a_template_in_a_file(factory: Command) -> None:
    golden = ROOT / "tests/golden/foundation.template.json"
    assert factory("diff", "foundation", "--against", str(golden)).stdout.endswith("no difference\n")
    wrong = factory("diff", "foundation", "--against", "portfolios/platform.yaml", code=2)
    assert "portfolios/platform.yaml: it is no JSON template" in wrong.stderr


def test_roles_shows_what_each_allows(factory: Command) -> None:
    rows = factory.json("roles")
    assert [row["product"] for row in rows] == sorted(shipped())
    network = next(row for row in rows if row["product"] == "network")
    assert network["role"] == "factory-launch-network"
    named = {action for policy in network["policies"] for found in policy["Statement"] for action in found["Action"]}
    assert len(named) == network["actions"] < network["full_access_actions"] / 5
    heading, line = factory("roles", "network").stdout.splitlines()
    assert heading.split("\t")[0] == "product"
    assert line.split("\t")[:2] == ["network", str(network["actions"])]


def test_roles_writes_the_template_of_what_an_environment_offers(factory: Command) -> None:
    def names(text: str) -> set[str]:
        resources = json.loads(text)["Resources"].values()
        return {found["Properties"]["RoleName"] for found in resources if found["Type"] == "AWS::IAM::Role"}

    factory("roles", "-e", "dr", "-o", "build/roles.json")
    assert names((factory.directory / "build/roles.json").read_text()) == set()
    given = factory("roles", "-e", "dev", "network", "foundation", "-o", "-").stdout
    assert names(given) == {"factory-launch-network", "factory-launch-foundation"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["netwrk"], 2, "product netwrk is unknown: did you mean network?"),
        (["-e", "prd"], 2, "environment prd is unknown: did you mean prod?"),
        (["--json", "-o", "-"], 2, "--json and -o - both go to standard output"),
    ],
)
def test_roles_says_what_is_wrong(factory: Command, arguments: list[str], code: int, message: str) -> None:
    assert message in factory("roles", *arguments, code=code).stderr


def test_lint_finds_nothing_but_exceptions(factory: Command) -> None:
    # Two of the shipped products: tests/products asks the gates about each of them.
    written = Written(path="requirements.txt", text=None, wanted="product-factory==0.0.9\n", version="0.0.9")
    (factory.directory / written.path).write_text(written.marked)
    excused = factory.json("lint", *EXCUSED)
    assert {item["product"] for item in excused} == set(EXCUSED)
    assert all(item["exception"] for item in excused)
    assert factory("lint", *EXCUSED).stdout == ""
    printed = factory("lint", *EXCUSED, "--exceptions")
    titles = [line for line in printed.stdout.splitlines() if not line.startswith(" ")]
    # Once, on however many branches an exception covers it.
    assert titles == list(
        dict.fromkeys(
            f"{item['product']}/{item['resource']}  {item['rule']}  excused until {item['exception']['review']}"
            for item in excused
        )
    )
    assert printed.stderr.startswith("no findings in ")
    assert printed.stderr.endswith("requirements.txt is as product-factory 0.0.9 wrote it: factory init --update\n")
    assert json.loads(factory("lint", *EXCUSED, "--sarif").stdout)["version"] == "2.1.0"
    suites = ElementTree.fromstring(factory("lint", *EXCUSED, "--junit").stdout)
    assert {suite.get("name") for suite in suites} == set(EXCUSED)
    assert sum(int(suite.get("skipped", "")) for suite in suites) == len(excused)


BAD = '''
from troposphere.sqs import Queue
from factory.authoring import Product, Stack

class Bad(Product):
    """A queue whose data is lost."""
    name = "bad"
    version = "1.0.0"

    def build(self, stack: Stack) -> None:
        stack.add(Queue("Queue", KmsMasterKeyId="alias/aws/sqs"))
'''


def test_lint_names_product_resource_rule_reason_and_mend(factory: Command) -> None:
    (factory.directory / "products").mkdir()
    (factory.directory / "products/bad.py").write_text(BAD)
    findings = factory.json("lint", "bad", code=1)
    kept = next(item for item in findings if item["rule"] == "E9003")
    assert (kept["product"], kept["resource"]) == ("bad", "Queue")
    assert kept["why"]
    assert "Retain" in kept["mend"]
    assert "bad/Queue  E9003" in factory("lint", "bad", code=1).stdout


def test_new_writes_a_product_that_passes_the_gates(factory: Command) -> None:
    assert factory("new", "order-queue").stdout == "products/order_queue.py\n"
    assert factory.json("lint", "order-queue") == []
    refused = factory("new", "order-queue", code=2)
    assert "there is one already" in refused.stderr


def test_the_pipelines_template_is_shown_where_the_manifests_ask_for_one(factory: Command) -> None:
    refused = factory("bootstrap", "pipeline", "--template", code=2)
    assert "error: bootstrap pipeline: the manifests ask for none" in refused.stderr
    assert "hint:  name connection and repository under hub: pipeline:" in refused.stderr
    manifest = factory.directory / "portfolios/environments.yaml"
    text = re.sub(
        r'(\n +)account: "(\d+)"', r'\g<0>\1access: {role: "arn:aws:iam::\2:role/factory-{duty}"}', manifest.read_text()
    )
    connection = "arn:aws:codeconnections:us-east-1:111111111111:connection/1a2b3c4d"
    section = f'  pipeline: {{connection: "{connection}", repository: acme/catalog}}\n'
    manifest.write_text(text.replace("hub:\n", f"hub:\n{section}", 1))
    template = json.loads(factory("bootstrap", "pipeline", "--template").stdout)
    stages = [stage["Name"] for stage in template["Resources"]["Pipeline"]["Properties"]["Stages"]]
    assert stages[:3] == ["Source", "Validate", "dev"]


def test_init_starts_a_repository_for_products_of_ones_own(factory: Command) -> None:
    factory("init", "mine")
    own = Command(factory.directory / "mine")
    own("new", "order-queue")
    assert "order-queue" in {row["product"] for row in own.json("list")}
    assert own.json("lint", "order-queue") == []


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("synth", "netwrok"), "product netwrok is unknown: did you mean network?", "factory list"),
        (("lint", "netwrok"), "product netwrok is unknown: did you mean network?", "factory list"),
        (("launch", "network", "-e", "dve"), "environment dve is unknown: did you mean dev?", None),
        (("up", "fastapi", "-e", "dev"), "system fastapi is unknown: did you mean fastapi-platform?", None),
        (("plan", "-e", "dve"), "environment dve is unknown: did you mean dev?", None),
        (("synth",), "several templates do not go to standard output", "factory synth -o DIR"),
        (("publish", "--plan", "p.json", "-e", "dev"), "p.json says for which environments it is", None),
        (("publish", "--plan", "p.json"), "p.json: the plan cannot be read: No such", "factory plan --save p.json"),
        (("new", "Bad Name"), "lower-case words joined by hyphens", None),
    ],
)
def test_misspelt_input_is_named_with_what_was_probably_meant(
    arguments: tuple[str, ...], message: str, hint: str | None, factory: Command
) -> None:
    done = factory(*arguments, code=2)
    assert done.stdout == ""
    assert message in done.stderr
    assert hint is None or f"hint:  {hint}" in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_project_there_is_a_hint(factory: Command) -> None:
    lost = Command(factory.directory / "portfolios/systems")
    assert lost.json("list")
    done = Command(factory.directory.parent)("list", code=2)
    assert "hint:  factory init DIR" in done.stderr


def test_every_manifest_problem_is_told_at_once(factory: Command) -> None:
    path = factory.directory / "portfolios/platform.yaml"
    path.write_text(path.read_text().replace("provider:", "provder:").replace("  network:", "  netwrok:"))
    done = factory("plan", code=1)
    assert re.search(r"portfolios/platform\.yaml:\d+: .*provder", done.stderr)
    assert re.search(r"portfolios/platform\.yaml:\d+: .*netwrok.*network", done.stderr)
