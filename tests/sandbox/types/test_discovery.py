"""Plug-ins are found by being in the package."""

from __future__ import annotations

import pytest

from factory.sandbox import types
from factory.sandbox.types import discover, discover_fills, discover_tagged, logs


def test_types_and_fills_are_found_by_name() -> None:
    assert discover()["AWS::Logs::QueryDefinition"] is logs.TYPES[0]
    assert "AWS::S3::Bucket" in discover_fills()
    assert {"AWS::S3::Bucket", "AWS::EC2::NatGateway"} <= discover_tagged()
    assert not discover().keys() & discover_fills().keys()


def test_no_type_is_offered_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types.wafv2, "TYPES", (*types.wafv2.TYPES, logs.TYPES[0]))

    with pytest.raises(ValueError, match="AWS::Logs::QueryDefinition is offered twice"):
        discover()


def test_no_type_is_both_made_and_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types.s3, "TYPES", logs.TYPES, raising=False)
    monkeypatch.setattr(logs, "TYPES", ())
    fill = types.plugin.Fill(name="AWS::Logs::QueryDefinition", apply=types.s3.FILLS[0].apply)
    monkeypatch.setattr(types.s3, "FILLS", (fill,))

    with pytest.raises(ValueError, match="both made and filled"):
        discover_fills()
