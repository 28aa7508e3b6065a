"""What holds for every house rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from factory.authoring.schemas import schema
from factory.catalog.controls import FRAMEWORKS
from factory.gates.house import HouseRule, PartRule
from factory.gates.lint import HOUSE_RULES, house_rules
from factory.gates.settings import SettingsRule

CONTROLS = {f"{framework.name}/{control.id}" for framework in FRAMEWORKS.values() for control in framework.controls}
FILES = sorted(path.stem for path in HOUSE_RULES.glob("[a-z]*.py"))


def test_a_file_holds_one_rule() -> None:
    assert len(house_rules()) == len(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_rule_has_examples(name: str) -> None:
    assert (Path(__file__).parent / f"test_{name}.py").is_file()


@pytest.mark.parametrize("rule", house_rules().values(), ids=lambda rule: rule.id)
def test_a_rule_says_what_why_and_how_to_mend(rule: HouseRule) -> None:
    assert re.fullmatch(r"E9\d{3}", rule.id)
    assert all([rule.__doc__, rule.shortdesc, rule.description, rule.mend, rule.source_url])
    assert rule.controls
    assert set(rule.controls) <= CONTROLS
    assert rule.asked_by <= set(FRAMEWORKS)


def paths(rule: HouseRule) -> Iterator[tuple[str, str]]:
    """Every property that a table of the rule names, with its resource type."""
    tables = {SettingsRule: "wanted", PartRule: "parts"}
    for kind, table in tables.items():
        if isinstance(rule, kind):
            for resource_type, rows in getattr(rule, table).items():
                yield from ((resource_type, path.partition("[")[0]) for path in rows if path)


def leads_somewhere(document: dict[str, Any], node: dict[str, Any], keys: list[str]) -> bool:
    """Whether a schema knows a path; beyond what it leaves open, any path."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    if not keys:
        return True
    branches = [item for name in ("oneOf", "anyOf", "allOf") for item in node.get(name, ())]
    if any(
        leads_somewhere(document, branch, keys) for branch in branches if branch.get("properties") or "$ref" in branch
    ):
        return True
    if keys[0] == "*":
        return "items" in node and leads_somewhere(document, node["items"], keys[1:])
    if keys[0] in node.get("properties", {}):
        return leads_somewhere(document, node["properties"][keys[0]], keys[1:])
    return "object" in node.get("type", ()) and "properties" not in node


@pytest.mark.parametrize("rule", house_rules().values(), ids=lambda rule: rule.id)
def test_a_rule_names_properties_that_exist(rule: HouseRule) -> None:
    unknown = [
        f"{resource_type} {path}"
        for resource_type, path in paths(rule)
        if not leads_somewhere(schema(resource_type), schema(resource_type), path.split("."))
    ]
    assert unknown == []


@pytest.mark.parametrize("rule", house_rules().values(), ids=lambda rule: rule.id)
def test_a_rule_looks_at_types_that_exist(rule: HouseRule) -> None:
    for resource_type in rule.types:
        assert schema(resource_type)


@pytest.mark.parametrize("rule", house_rules().values(), ids=lambda rule: rule.id)
def test_a_rule_that_always_counts_is_evidence_for_both_main_frameworks(rule: HouseRule) -> None:
    frameworks = {control.partition("/")[0] for control in rule.controls}
    assert rule.asked_by or {"nist-800-53", "soc2"} <= frameworks
