"""House rule E9806: detectors detect."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

DETECTOR = "AWS::GuardDuty::Detector"


@pytest.mark.parametrize(
    "good",
    [
        resource(DETECTOR, Enable=True),
        resource(DETECTOR, Enable=True, Features=[{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}]),
        resource("AWS::SecurityHub::Hub"),
    ],
)
def test_a_detector_that_is_on_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9806", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(DETECTOR), "Enable is not true"),
        (resource(DETECTOR, Enable=False), "Enable is not true"),
        (resource(DETECTOR, Enable={"Ref": "Wanted"}), "Enable is not true when Wanted=false"),
        (
            resource(DETECTOR, Enable=True, Features=[{"Name": "S3", "Status": "DISABLED"}]),
            "Features.*.Status is not ENABLED",
        ),
        (resource("AWS::Macie::Session", Status="PAUSED"), "Status is not ENABLED"),
        (
            resource("AWS::SecurityHub::Standard", DisabledStandardsControls=[{"StandardsControlArn": "x"}]),
            "is not left out",
        ),
    ],
)
def test_one_that_is_off_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9806", bad, **IF_WANTED)
    assert message in found
