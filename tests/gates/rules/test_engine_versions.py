"""House rule E9718: databases run on versions that are supported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from factory.gates.rules.engine_versions import AS_OF
from tests.gates.rules.asking import IF_WANTED, ask, resource

DATABASE = "AWS::RDS::DBInstance"
CACHE = "AWS::ElastiCache::ReplicationGroup"
DOMAIN = "AWS::OpenSearchService::Domain"


@pytest.mark.parametrize(
    "good",
    [
        resource(DATABASE, Engine="postgres", EngineVersion="16.9"),
        resource(DATABASE, Engine="postgres", EngineVersion="17"),
        resource(DATABASE, Engine="postgres"),
        resource(DATABASE, Engine="sqlserver-ex", EngineVersion="15.00"),
        resource("AWS::RDS::DBCluster", Engine="aurora-mysql", EngineVersion="8.0.mysql_aurora.3.08.0"),
        resource(CACHE, Engine="redis", EngineVersion="7.1"),
        resource(CACHE, Engine="valkey", EngineVersion="8.0"),
        resource("AWS::ElastiCache::ServerlessCache", Engine="valkey", MajorEngineVersion="7"),
        resource(DOMAIN, EngineVersion="OpenSearch_2.19"),
        resource(DOMAIN, EngineVersion="OpenSearch_1.3"),
    ],
)
def test_a_supported_one_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9718", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(DATABASE, Engine="postgres", EngineVersion="13.4"), "13.4 is not a version of postgres in standard"),
        (resource(DATABASE, Engine="mysql", EngineVersion="8.0.41"), "8.0.41 is not"),
        (resource(DATABASE, Engine="mariadb", EngineVersion="10.6"), "10.6 is not"),
        (resource("AWS::RDS::DBCluster", Engine="aurora-mysql", EngineVersion="5.7.mysql_aurora.2.11.1"), "is not"),
        (resource(CACHE, Engine="redis", EngineVersion="5.0.6"), "5.0.6 is not"),
        (resource(DOMAIN, EngineVersion="Elasticsearch_7.10"), "Elasticsearch_7.10 is not"),
        (resource(DOMAIN, EngineVersion="OpenSearch_2.5"), "OpenSearch_2.5 is not"),
        (
            resource(DATABASE, Engine="postgres", EngineVersion={"Fn::If": ["IsWanted", "16.9", "12.7"]}),
            "12.7 is not a version of postgres in standard support when Wanted=false",
        ),
    ],
)
def test_an_old_one_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9718", bad, **IF_WANTED)
    assert message in found


@pytest.mark.parametrize(("pattern", "findings"), [(r"1[4-9](\.\d+)?", 0), (r"1\d(\.\d+)?", 1), ("", 1)])
def test_a_version_that_is_asked_for_is_supported(pattern: str, findings: int) -> None:
    parameters = {"Given": {"Type": "String", "AllowedPattern": pattern}}
    given = resource(DATABASE, Engine="postgres", EngineVersion={"Ref": "Given"})
    assert len(ask("E9718", given, Parameters=parameters)) == findings


def test_the_calendars_are_looked_at_once_a_year() -> None:
    """Where this fails, look up the release calendars that the table names, then set AS_OF to today."""
    assert datetime.now(UTC).date() - AS_OF < timedelta(days=366)
