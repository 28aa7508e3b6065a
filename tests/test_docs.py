"""What the documents say, held against the product: commands, links, manifests, examples and JSON."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from factory.catalog.manifest import load
from factory.catalog.model import ProductName, VersionName
from factory.cli.main import COMMANDS, cli
from factory.planning.health import known
from factory.sandbox.faults.reading import read_file
from tests.command import Command
from tests.conftest import ROOT, shipped

DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text() for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))
}
EXAMPLE = "inbox"

each_document = pytest.mark.parametrize("name", list(DOCUMENTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A code block: its language, empty for an indented one, its text, and the paragraph before it."""

    language: str
    text: str
    before: str


def blocks(name: str) -> Iterator[Block]:
    """The code blocks of a document, fenced and indented ones."""
    language, found, before, paragraph = None, [], "", ""
    for line in [*DOCUMENTS[name].splitlines(), ""]:
        if language is not None:
            if line.startswith("```"):
                yield Block(language=language, text="\n".join(found) + "\n", before=before)
                language, found = None, []
            else:
                found.append(line)
        elif line.startswith("```"):
            language, before = line.removeprefix("```"), paragraph
        elif line.startswith("    ") and not line.lstrip().startswith(("- ", "* ")):
            found.append(line.strip())
        else:
            if found:
                yield Block(language="", text="\n".join(found) + "\n", before=paragraph)
                found = []
            if line.strip():
                paragraph = line


def test_every_check_of_doctor_is_in_its_table() -> None:
    text = DOCUMENTS["docs/operations.md"]
    table = re.findall(r"^\| `([a-z-]+)` \| .* \|$", text.partition("| check | makes sure that |")[2], re.MULTILINE)
    names = [check.name for check in known()]
    assert sorted(table[: len(names)]) == names


# --- commands -----------------------------------------------------------------------------------------------------

# A command ends where the shell, a comment or a column of prose begins something else.
_COMMAND = re.compile(r"(?<![\w./-])(?:\S+/bin/)?factory +([^|;&)\"`\n#>]+?)(?= {2,}|[|;&)\"`\n#>]|$)")


def commands(text: str) -> list[list[str]]:
    """The arguments of every `factory …` in a text."""
    return [shlex.split(found) for found in _COMMAND.findall(text)]


@pytest.fixture
def parse(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[list[str]], None]:
    """Parse a command line as `factory` does, without carrying it out. Raises ClickException for a wrong one."""
    every = [cli.get_command(click.Context(cli), name) for name in COMMANDS]
    for command in [
        *every,
        *(deeper for group in every if isinstance(group, click.Group) for deeper in group.commands.values()),
    ]:
        monkeypatch.setattr(command, "callback", lambda **_: None)
    monkeypatch.chdir(tmp_path)
    # The one file that a command of the documents must find.
    (tmp_path / "faults.yaml").touch()
    return lambda arguments: cli.main(list(arguments), standalone_mode=False)


@each_document
def test_commands_in_code_blocks_parse(name: str, parse: Callable[[list[str]], None]) -> None:
    for block in blocks(name):
        is_picture = bool(re.search("[│─]", block.text))
        if block.language in ("", "sh", "bash", "console") and not is_picture:
            for arguments in commands(block.text):
                parse(arguments)


@pytest.mark.parametrize(
    "wrong", ["publsih", "publish --yse", "launch network", "sandbox strat", "plan --exit-code=3", "terminate -e dev"]
)
def test_wrong_commands_do_not_parse(wrong: str, parse: Callable[[list[str]], None]) -> None:
    """Otherwise anything would satisfy the test above."""
    with pytest.raises(click.ClickException):
        parse(wrong.split())


def test_commands_are_found() -> None:
    assert commands('eval "$(factory sandbox env -e dev)" && .venv/bin/factory list  # all of factory') == [
        ["sandbox", "env", "-e", "dev"],
        ["list"],
    ]


@each_document
def test_commands_in_prose_exist(name: str) -> None:
    """There they are abbreviated, several at once at times: names and options are looked at alone."""
    for text in re.findall(r"`factory ([^`]+)`", " ".join(DOCUMENTS[name].split())):
        first, *words = re.sub(r"[\\|\[\]…]", " ", text).split()
        if first.startswith("-"):
            continue
        assert first in COMMANDS, text
        named = [cli.get_command(click.Context(cli), first)]
        if isinstance(named[0], click.Group):
            named += [named[0].commands[word] for word in words if word in named[0].commands]
        known = {option for command in named if command for item in command.params for option in item.opts}
        assert {word for word in words if word.startswith("-")} <= known, text


def test_readme_shows_every_command() -> None:
    assert set(COMMANDS) <= set(re.findall(r"`(?:factory )?([a-z]+(?:-[a-z]+)*)\b", DOCUMENTS["README.md"]))


# --- links --------------------------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@each_document
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", DOCUMENTS[name]):
        if target.startswith(("https://", "http://")):
            continue
        file, _, anchor = target.partition("#")
        path = (ROOT / name).parent / file if file else ROOT / name
        assert path.exists(), target
        assert not anchor or anchor in anchors(path.read_text()), target


@each_document
def test_tables_are_whole(name: str) -> None:
    """A table begins with a heading and a rule, and each of its rows has as many cells."""
    for lines in re.findall(r"(?:^\|.*\n)+", DOCUMENTS[name] + "\n", re.MULTILINE):
        heading, rule, *rows = [re.sub(r"`[^`]*`|\\\|", "", line).strip("|\n") for line in lines.splitlines()] + [""]
        assert re.fullmatch(r"[ :|-]+", rule), heading
        assert {row.count("|") for row in rows if row} <= {heading.count("|")}, heading


# --- examples -----------------------------------------------------------------------------------------------------


def files(name: str, language: str) -> Iterator[tuple[str, str]]:
    """The blocks of a document that begin with a comment of a path: what the comment says, and the block."""
    for block in blocks(name):
        if block.language == language and (first := re.match(r"# ([\w-]+[./].*)\n", block.text)):
            yield first[1], block.text


def write(directory: Path, name: str, text: str) -> None:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_manifests_load(tmp_path: Path) -> None:
    """The whole files together; then each fragment in the place of what its file says on the same keys."""
    products = {ProductName(name): VersionName("1.1.0") for name in shipped()}
    fragments = []
    for comment, text in files("docs/manifests.md", "yaml"):
        file, _, instead = comment.partition(",")
        if instead:
            fragments.append((file, text))
        else:
            write(tmp_path, file, text)
    whole = load(tmp_path, products)
    assert (len(whole.environments), len(whole.portfolios), len(whole.systems)) == (3, 2, 1)
    assert whole.blueprint
    assert fragments
    for file, text in fragments:
        before = (tmp_path / file).read_text()
        write(tmp_path, file, yaml.safe_dump({**yaml.safe_load(before), **yaml.safe_load(text)}))
        assert load(tmp_path, products) != whole
        write(tmp_path, file, before)


def test_faults_load(tmp_path: Path) -> None:
    ((name, text),) = files("docs/sandbox.md", "yaml")
    write(tmp_path, name, text)
    settings = read_file(tmp_path / name)
    assert (len(settings.calls), len(settings.resources)) == (2, 1)


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project with the product of docs/authoring.md, published to its sandbox beside what it requires."""
    directory = tmp_path_factory.mktemp("documents")
    for name, text in files("docs/authoring.md", "python"):
        write(directory, name, text)
    accounts = {"dev": {"account": "222222222222", "regions": ["us-east-1"]}}
    offers = {name: {"dev": "current"} for name in ("foundation", EXAMPLE)}
    portfolio = {"display-name": "Documents", "provider": "Documents", "environments": ["dev"], "products": offers}
    write(
        directory,
        "portfolios/environments.yaml",
        yaml.safe_dump({"hub": {"account": "111111111111"}, "environments": accounts}),
    )
    write(directory, "portfolios/all.yaml", yaml.safe_dump({**portfolio, "access": ["role/factory-launcher"]}))
    command = Command(directory)
    command("publish", "--sandbox", "--yes")
    yield command
    command("sandbox", "stop")


def test_example_product_is_complete(factory: Command) -> None:
    """It passes the gates, launches, hands on its value, and refuses what it says it refuses."""
    assert factory.json("lint", EXAMPLE) == []
    factory("launch", "foundation", "-e", "dev", "--sandbox")
    launched = factory.json("launch", EXAMPLE, "-e", "dev", "--sandbox")
    assert launched["status"] == "AVAILABLE"
    assert launched["outputs"].keys() == {"QueueUrl"}
    refused = factory("launch", EXAMPLE, "-e", "dev", "-p", "AtOnce=0", "--sandbox", code=1)
    assert "auto, or a number from 1 to 999." in refused.stderr

    source = factory.directory / "products/inbox/__init__.py"
    before = source.read_text()
    try:
        changed = before.replace("low=0, high=900, default=0", "low=5, high=900, default=5")
        source.write_text(changed.replace('"Queue",\n', '"Queue",\n                FifoQueue=True,\n', 1))
        told = factory("diff", EXAMPLE, "-e", "dev", "--sandbox").stdout
    finally:
        source.write_text(before)
    assert "  dev/us-east-1  inbox 1.0.0  parameter DelaySeconds: 0 is below MinValue 5" in told
    assert told.splitlines()[-1] == (
        "of 1 launch: parameter values are refused for 1, something that holds data is replaced for 1"
    )


def documented(command: str, option: str = "--json") -> Any:
    """The document that docs/operations.md shows for a command."""
    found = [
        block.text
        for block in blocks("docs/operations.md")
        if block.language == "json" and block.before.startswith(f"`factory {command} {option}`")
    ]
    assert len(found) == 1, command
    return json.loads(found[0])


def shape(document: Any) -> Any:
    """The keys of a document at every depth where they are fixed."""
    if isinstance(document, list):
        return [shape(document[0])] if document and isinstance(document[0], dict) else None
    if isinstance(document, dict):
        return {key: None if key in ("outputs", "when") else shape(value) for key, value in document.items()}
    return None


def test_json_has_the_documented_keys(factory: Command) -> None:
    """The example project and the documents differ in content, and so are compared by their keys."""
    assert shape(factory.json("list")) == shape(documented("list"))
    launched = factory.json("launch", "foundation", "-e", "dev", "--sandbox")
    assert shape(launched) == shape(documented("launch"))
    assert shape(factory.json("status", "--sandbox")) == shape(documented("status"))
    assert shape(factory.json("publish", "--sandbox", "--yes")) == shape(documented("publish"))
    assert factory.json("sandbox", "status").keys() == documented("sandbox status").keys()

    source = factory.directory / "products/inbox/__init__.py"
    before = source.read_text()
    try:
        source.write_text(before.replace('DeletionPolicy="RetainExceptOnCreate"', 'DeletionPolicy="Delete"', 1))
        assert shape(factory.json("lint", EXAMPLE, code=1)) == shape(documented("lint"))
        after = before.replace('version = "1.0.0"', 'version = "1.1.0"')
        source.write_text(after.replace("_SECONDS = 1_209_600", "_SECONDS = 604_800"))
        assert shape(factory.json("diff", EXAMPLE, "--sandbox")) == shape(documented("diff"))
        doctor, told = factory.json("doctor", "--sandbox", code=1), documented("doctor")
        assert (doctor.keys(), doctor["accounts"][0].keys()) == (told.keys(), told["accounts"][0].keys())
        (finding, *_) = (item for account in doctor["accounts"] for item in account["findings"])
        assert finding.keys() == told["accounts"][0]["findings"][0].keys()
        plan = factory.json("plan", "--save", "plan.json", "--sandbox")
        assert plan["changes"]
        assert shape(plan["changes"]) == shape(documented("plan")["changes"])
        assert plan.keys() == documented("plan").keys()
        saved = json.loads((factory.directory / "plan.json").read_text())
        assert saved.keys() == documented("plan", "--save FILE").keys()
        assert saved["changes"] == plan["changes"]
    finally:
        source.write_text(before)
