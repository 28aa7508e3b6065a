"""What rules hold settings to is what the provider schemas have."""

from __future__ import annotations

import pytest

from factory.gates.house import PartRule
from factory.gates.lint import house_rules
from factory.gates.policies import PolicyRule
from factory.gates.settings import SettingsRule
from tests.gates.rules.paths import exists

TABLES = {rule.id: rule.wanted for rule in house_rules().values() if isinstance(rule, SettingsRule)} | {
    rule.id: rule.parts
    for rule in house_rules().values()
    if isinstance(rule, PartRule) and not isinstance(rule, PolicyRule)
}


@pytest.mark.parametrize("rule", TABLES)
def test_every_path_is_in_the_provider_schema(rule: str) -> None:
    paths = {(kind, path) for kind, table in TABLES[rule].items() for path in table if path}
    assert sorted(f"{kind} {path}" for kind, path in paths if not exists(kind, path)) == []
