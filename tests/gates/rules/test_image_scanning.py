"""House rule E9711: images are scanned as they arrive."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

REPOSITORY = "AWS::ECR::Repository"


def registry(frequency: str = "SCAN_ON_PUSH", pattern: str = "*", **more: Any) -> dict[str, Any]:
    rule = {"ScanFrequency": frequency, "RepositoryFilters": [{"Filter": pattern, "FilterType": "WILDCARD"}]}
    settings = {"Type": "AWS::ECR::RegistryScanningConfiguration", "Properties": {"Rules": [rule]}, **more}
    return {**resource(REPOSITORY), "Registry": settings}


@pytest.mark.parametrize(
    "good",
    [
        resource(REPOSITORY, ImageScanningConfiguration={"ScanOnPush": True}),
        registry(),
        registry("CONTINUOUS_SCAN"),
    ],
)
def test_a_scan_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9711", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(REPOSITORY), "nothing scans"),
        (
            resource(REPOSITORY, ImageScanningConfiguration={"ScanOnPush": {"Fn::If": ["IsWanted", True, False]}}),
            "Wanted=false",
        ),
        (registry("MANUAL"), "nothing scans"),
        (registry(pattern="prod-*"), "nothing scans"),
        (registry(Condition="IsWanted"), "nothing scans the images when Wanted=false"),
    ],
)
def test_none_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9711", bad, **IF_WANTED)
    assert message in found
