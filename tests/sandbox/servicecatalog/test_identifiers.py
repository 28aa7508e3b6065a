"""Ids have the real format, and derived ones are stable."""

from __future__ import annotations

import re

from factory.sandbox.servicecatalog import identifiers


def test_a_new_id_has_thirteen_lowercase_alphanumerics_and_is_never_the_same() -> None:
    ids = {identifiers.new("port") for _ in range(100)}

    assert len(ids) == 100
    assert all(re.fullmatch(r"port-[a-z0-9]{13}", identifier) for identifier in ids)


def test_a_derived_id_depends_on_every_part() -> None:
    assert identifiers.derived("lpv3", "a", "b") == identifiers.derived("lpv3", "a", "b")
    assert identifiers.derived("lpv3", "a", "b") != identifiers.derived("lpv3", "a", "c")
    assert re.fullmatch(r"lpv3-[a-z0-9]{13}", identifiers.derived("lpv3", "a", "b"))
