"""House rule E9406: what is done in the account is recorded, everywhere, for good."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask

LOCK = {
    "ObjectLockEnabled": True,
    "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 7}}},
    "VersioningConfiguration": {"Status": "Enabled"},
}


ALL = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
DATA = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}


def trail(bucket: Any = None, **changes: Any) -> dict[str, Any]:
    properties = {
        "IsLogging": True,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "EnableLogFileValidation": True,
        "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["Logs", "Arn"]},
        "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "S3BucketName": {"Ref": "Bucket"},
        **changes,
    }
    return {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": LOCK if bucket is None else bucket},
        "It": {"Type": "AWS::CloudTrail::Trail", "Properties": properties},
    }


@pytest.mark.parametrize(
    "good", [trail(), trail(EventSelectors=[{"ReadWriteType": "All"}]), trail(AdvancedEventSelectors=[DATA, ALL])]
)
def test_a_complete_trail_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9406", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (trail(IsLogging=False), "IsLogging is not true"),
        (trail(IsMultiRegionTrail={"Ref": "Wanted"}), "IsMultiRegionTrail is not true when Wanted=false"),
        (trail(IncludeGlobalServiceEvents=NOTHING), "IncludeGlobalServiceEvents is not true"),
        (trail(EnableLogFileValidation=NOTHING), "EnableLogFileValidation is not true"),
        (trail(CloudWatchLogsLogGroupArn=NOTHING), "CloudWatchLogsLogGroupArn is not set"),
        (trail(EventSelectors=[{"IncludeManagementEvents": False}]), "IncludeManagementEvents is not true"),
        (trail(EventSelectors=[{"ReadWriteType": "WriteOnly"}]), "ReadWriteType is not All"),
        (trail(AdvancedEventSelectors=[DATA]), "no selector takes all management events"),
        (trail({}), "its bucket Bucket has no object lock with a retention"),
        (
            trail({**LOCK, "ObjectLockEnabled": {"Ref": "Wanted"}}),
            "has no object lock with a retention when Wanted=false",
        ),
        (trail({**LOCK, "ObjectLockConfiguration": NOTHING}), "has no object lock with a retention"),
        (trail({**LOCK, "VersioningConfiguration": NOTHING}), "has no object lock with a retention"),
        (trail(S3BucketName="elsewhere"), "its bucket is not of this template"),
    ],
)
def test_a_gap_in_the_trail_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9406", bad, **IF_WANTED)
    assert message in found
