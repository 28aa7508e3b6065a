"""House rule E9501: whatever holds data is backed up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

DATABASE, TABLE = "AWS::RDS::DBInstance", "AWS::DynamoDB::Table"
DAYS = {"Type": "Number", "MinValue": 0, "MaxValue": 35, "Default": 7}


def table(recovers: Any) -> dict[str, Any]:
    return resource(TABLE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": recovers})


@pytest.mark.parametrize(
    "good",
    [
        resource(DATABASE, BackupRetentionPeriod=7),
        resource(DATABASE, BackupRetentionPeriod="30"),
        resource(DATABASE, SourceDBInstanceIdentifier="primary"),
        resource(DATABASE, DBClusterIdentifier="aurora"),
        resource("AWS::ElastiCache::ReplicationGroup", SnapshotRetentionLimit=1),
        resource("AWS::EFS::FileSystem", BackupPolicy={"Status": "ENABLED"}),
        table(True),
    ],
)
def test_backups_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9501", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(DATABASE), "BackupRetentionPeriod is not at least 7"),
        (resource(DATABASE, BackupRetentionPeriod=0), "BackupRetentionPeriod is not at least 7"),
        (resource(DATABASE, BackupRetentionPeriod={"Fn::If": ["IsWanted", 7, 1]}), "at least 7 when Wanted=false"),
        (resource(DATABASE, BackupRetentionPeriod={"Ref": "Days"}), "is not at least 7 when Days=0"),
        (resource("AWS::ElastiCache::ReplicationGroup"), "SnapshotRetentionLimit is not at least 1"),
        (resource("AWS::EFS::FileSystem"), "BackupPolicy.Status is not ENABLED"),
        (resource(TABLE), "PointInTimeRecoveryEnabled is not true"),
        (table({"Ref": "Wanted"}), "PointInTimeRecoveryEnabled is not true when Wanted=false"),
    ],
)
def test_data_without_a_backup_is_found(bad: dict[str, Any], message: str) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], "Days": DAYS}}
    (found,) = ask("E9501", bad, **sections)
    assert message in found
