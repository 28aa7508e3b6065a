"""House rule E9405: managed services write their logs where they are kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

DATABASE, CACHE, BROKERS = "AWS::RDS::DBInstance", "AWS::ElastiCache::ReplicationGroup", "AWS::MSK::Cluster"
SLOW, ENGINE = {"LogType": "slow-log"}, {"LogType": "engine-log"}


def search(**logs: Any) -> dict[str, Any]:
    return resource("AWS::OpenSearchService::Domain", LogPublishingOptions=logs)


def brokers(**logs: Any) -> dict[str, Any]:
    return resource(BROKERS, LoggingInfo={"BrokerLogs": logs})


def workflow(level: Any) -> dict[str, Any]:
    return resource(
        "AWS::StepFunctions::StateMachine", LoggingConfiguration={"Level": level, "Destinations": [{"a": "b"}]}
    )


@pytest.mark.parametrize(
    "good",
    [
        resource(DATABASE, EnableCloudwatchLogsExports=["postgresql"]),
        resource(DATABASE, DBClusterIdentifier="aurora"),
        resource(CACHE, LogDeliveryConfigurations=[SLOW, ENGINE]),
        brokers(S3={"Enabled": False}, CloudWatchLogs={"Enabled": True, "LogGroup": "logs"}),
        search(AUDIT_LOGS={"Enabled": True}, ES_APPLICATION_LOGS={"Enabled": True}),
        workflow("ERROR"),
        resource("AWS::CodeBuild::Project"),
    ],
)
def test_logs_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9405", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(DATABASE), "EnableCloudwatchLogsExports is not set"),
        (resource(DATABASE, EnableCloudwatchLogsExports=[]), "EnableCloudwatchLogsExports is not set"),
        (
            resource(DATABASE, EnableCloudwatchLogsExports=[{"Fn::If": ["IsWanted", "postgresql", NOTHING]}]),
            "EnableCloudwatchLogsExports is not set when Wanted=false",
        ),
        (resource(CACHE, LogDeliveryConfigurations=[SLOW]), "is not both slow-log and engine-log"),
        (resource(BROKERS), "LoggingInfo.BrokerLogs is not on for some destination"),
        (brokers(S3={"Enabled": False}), "LoggingInfo.BrokerLogs is not on for some destination"),
        (search(ES_APPLICATION_LOGS={"Enabled": True}), "AUDIT_LOGS.Enabled is not true"),
        (workflow("OFF"), "LoggingConfiguration.Level is not one of"),
        (
            resource("AWS::CodeBuild::Project", LogsConfig={"CloudWatchLogs": {"Status": "DISABLED"}}),
            "CloudWatchLogs.Status is not ENABLED",
        ),
        (
            resource(
                "AWS::EC2::ClientVpnEndpoint",
                ConnectionLogOptions={"Enabled": {"Ref": "Wanted"}, "CloudwatchLogGroup": "logs"},
            ),
            "ConnectionLogOptions.Enabled is not true when Wanted=false",
        ),
    ],
)
def test_logs_that_are_off_are_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9405", bad, **IF_WANTED)
    assert message in found
