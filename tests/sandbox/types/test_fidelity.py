"""The fidelity table says what a read-back finds: settings of a rich template, made, changed and removed."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.types.fidelity import NATIVE, table
from tests.sandbox.types import (
    cases_containers,
    cases_edge,
    cases_identity,
    cases_network,
    cases_plugins,
    cases_storage,
    cases_watching,
)
from tests.sandbox.types.readback import Aws, Case, lost, outputs, resolved

CASES: tuple[Case, ...] = (
    *cases_network.CASES,
    *cases_plugins.CASES,
    *cases_containers.CASES,
    *cases_storage.CASES,
    *cases_watching.CASES,
    *cases_identity.CASES,
    *cases_edge.CASES,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.type} {case.note}".strip())
def test_measure(case: Case, stacks: Any, aws: Aws) -> None:
    found = []
    made = case.resources(case.properties)
    status = stacks.put("it", made, outputs(case.properties))
    assert status == "CREATE_COMPLETE", stacks.reasons("it")
    pid = stacks.resource("it", "It")
    values = resolved(case.properties, stacks.outputs("it"))
    got = case.read(aws, pid, values)
    assert got is not None
    found.append(("create", sorted(lost(values, got)), got))
    if case.changed:
        after = case.updated()
        status = stacks.put("it", case.resources(after), outputs(after))
        assert status == "UPDATE_COMPLETE", stacks.reasons("it")
        same = stacks.resource("it", "It") == pid
        values = resolved(after, stacks.outputs("it"))
        got = case.read(aws, stacks.resource("it", "It"), values)
        found.append((f"update same={same}", sorted(lost(values, got)), got))
    pid = stacks.resource("it", "It")
    assert stacks.delete("it") == "DELETE_COMPLETE", stacks.reasons("it")
    found.append(("gone", case.read(aws, pid, values) is None))
    print("MEASURED", case.type, case.note)
    for item in found:
        tops = {p.split(".")[0].lower() for p in item[1]} if len(item) > 2 else ()
        print("   ", *item[:2], {k: v for k, v in item[2].items() if k.lower() in tops} if tops else "")
