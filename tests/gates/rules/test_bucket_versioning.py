"""House rule E9110: buckets keep what was overwritten or deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource


def test_a_versioned_bucket_is_kept() -> None:
    assert ask("E9110", resource("AWS::S3::Bucket", VersioningConfiguration={"Status": "Enabled"})) == []


@pytest.mark.parametrize(
    "versioning",
    [NOTHING, {"Status": "Suspended"}, {"Status": {"Fn::If": ["IsWanted", "Enabled", "Suspended"]}}],
)
def test_a_bucket_without_versions_is_found(versioning: Any) -> None:
    (found,) = ask("E9110", resource("AWS::S3::Bucket", VersioningConfiguration=versioning), **IF_WANTED)
    assert "VersioningConfiguration.Status is not Enabled" in found
