"""The frameworks: what each control is called, and where it stands."""

from __future__ import annotations

import pytest

from factory.catalog.controls import FRAMEWORKS, Framework
from factory.catalog.controls.order import natural_key


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=list(FRAMEWORKS))
def test_a_control_is_there_once_and_has_a_title(framework: Framework) -> None:
    ids = [control.id for control in framework.controls]
    assert len(set(ids)) == len(ids)
    assert all(control.title for control in framework.controls)
    assert framework.source_url.startswith("https://")


def test_ids_are_ordered_as_people_look_for_them() -> None:
    ids = ["SC-28(1)", "AC-10", "SC-28", "AC-2", "AC-2(1)", "4.10", "4.9"]
    assert sorted(ids, key=natural_key) == ["4.9", "4.10", "AC-2", "AC-2(1)", "AC-10", "SC-28", "SC-28(1)"]
