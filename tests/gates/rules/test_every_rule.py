"""What holds for every house rule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from factory.catalog.controls import FRAMEWORKS
from factory.gates.house import HouseRule
from factory.gates.lint import HOUSE_RULES, house_rules

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
