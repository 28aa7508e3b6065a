"""House rule E9205: databases refuse connections in plain."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask

INSTANCE = "AWS::RDS::DBInstance"


def database(parameters: Any, family: str = "postgres16", *, condition: str | None = None) -> dict[str, Any]:
    group = {"Type": "AWS::RDS::DBParameterGroup", "Properties": {"Family": family, "Parameters": parameters}}
    properties = {"Engine": "postgres", "DBParameterGroupName": {"Ref": "Group"}}
    return {
        "Group": {**group, **({"Condition": condition} if condition else {})},
        "It": {"Type": INSTANCE, "Properties": properties},
    }


def redshift(parameters: Any) -> dict[str, Any]:
    group = {"ParameterGroupFamily": "redshift-2.0", "Parameters": parameters}
    return {
        "Group": {"Type": "AWS::Redshift::ClusterParameterGroup", "Properties": group},
        "It": {"Type": "AWS::Redshift::Cluster", "Properties": {"ClusterParameterGroupName": {"Ref": "Group"}}},
    }


@pytest.mark.parametrize(
    "good",
    [
        database({"rds.force_ssl": "1"}),
        database({"rds.force_ssl": 1, "log_connections": "1"}),
        database({"require_secure_transport": "ON"}, "mysql8.4"),
        redshift([{"ParameterName": "require_ssl", "ParameterValue": "true"}]),
        {"It": {"Type": INSTANCE, "Properties": {"DBClusterIdentifier": "aurora"}}},
        {"It": {"Type": INSTANCE, "Properties": {"SourceDBInstanceIdentifier": "primary"}}},
        {"It": {"Type": INSTANCE, "Properties": {"Engine": "oracle-ee"}}},
    ],
)
def test_a_demand_for_tls_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9205", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"It": {"Type": INSTANCE, "Properties": {"Engine": "postgres"}}}, "it has no parameter group"),
        ({"It": {"Type": INSTANCE, "Properties": {"DBParameterGroupName": "default.postgres16"}}}, "has no parameter"),
        (database({"rds.force_ssl": "0"}), "parameter group Group does not set rds.force_ssl"),
        (database({}), "does not set rds.force_ssl"),
        (database({"Fn::If": ["IsWanted", {"rds.force_ssl": "1"}, NOTHING]}), "rds.force_ssl when Wanted=false"),
        (database({"rds.force_ssl": {"Fn::If": ["IsWanted", "1", "0"]}}), "rds.force_ssl when Wanted=false"),
        (database({"rds.force_ssl": "1"}, condition="IsWanted"), "it has no parameter group"),
        (database({"rds.force_ssl": "1"}, "mysql8.4"), "does not set require_secure_transport"),
        (redshift([{"ParameterName": "require_ssl", "ParameterValue": "false"}]), "does not set require_ssl"),
    ],
)
def test_a_database_that_takes_plain_connections_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9205", bad, **IF_WANTED)
    assert message in found
