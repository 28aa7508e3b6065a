"""House rule: databases run on versions that are supported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from factory.gates import house
from factory.gates.controls import STILL_SUPPORTED
from factory.gates.resources import Resource
from factory.gates.unknowns import Given, is_known

OLDEST: Mapping[str, str] = {
    "aurora-mysql": "8.0",
    "aurora-postgresql": "14",
    "docdb": "5.0",
    "mariadb": "10.11",
    "memcached": "1.6",
    "mysql": "8.4",
    "postgres": "14",
    "redis": "6.2",
    "valkey": "7.2",
}
"""By engine, the oldest version in standard support: of RDS and Aurora by their release calendars, of ElastiCache by
"Redis OSS versions end of life schedule", of DocumentDB by "Engine support dates"."""

OLDEST_SEARCH: Mapping[str, tuple[int, int]] = {"1": (1, 3), "2": (2, 11), "3": (3, 1)}
"""By major version of OpenSearch, the oldest minor one in standard support ("Standard support and Extended support").
Of Elasticsearch, none is left."""

AS_OF = date(2026, 11, 25)
"""The day on which the calendars were last looked at. Next to leave standard support are Redis 6 (end of January 2027)
and PostgreSQL 14 (a month later)."""

_VERSIONS: Mapping[str, tuple[str, str]] = {
    "AWS::DocDB::DBCluster": ("", "EngineVersion"),
    "AWS::ElastiCache::CacheCluster": ("Engine", "EngineVersion"),
    "AWS::ElastiCache::ReplicationGroup": ("Engine", "EngineVersion"),
    "AWS::ElastiCache::ServerlessCache": ("Engine", "MajorEngineVersion"),
    "AWS::OpenSearchService::Domain": ("", "EngineVersion"),
    "AWS::RDS::DBCluster": ("Engine", "EngineVersion"),
    "AWS::RDS::DBInstance": ("Engine", "EngineVersion"),
    "AWS::RDS::GlobalCluster": ("Engine", "EngineVersion"),
}
_FIXED = {"AWS::DocDB::DBCluster": "docdb", "AWS::OpenSearchService::Domain": "opensearch"}
_SEARCH = re.compile(r"(?:OpenSearch|Elasticsearch)_(\d+)\.(\d+)")
# Versions that were current once, to ask patterns about.
_ONCE = ("1.4", "3.6", "4.0.10", "5.0.6", "5.7", "8.0", "9.6", "10", "10.6", "11", "12.7", "13", "13.4")


class EngineVersions(house.HouseRule):
    """Every database, cache and search domain runs on a version in standard support."""

    id = "E9718"
    shortdesc = "Supported engine versions"
    description = (
        "A version out of standard support gets no fixes, costs extra, and is upgraded by AWS on a day of its choosing."
    )
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html"
    mend = "Name a later version; a question for it offers only such."
    controls = STILL_SUPPORTED
    types = frozenset(_VERSIONS)

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Compare the version; where none is named, AWS takes a current one."""
        engine_path, path = _VERSIONS[resource.type]
        engine = _FIXED.get(resource.type) or resource.get(engine_path)
        version = resource.get(path)
        if version is None or (isinstance(engine, str) and is_known(engine) and engine not in {*OLDEST, "opensearch"}):
            return
        old = [item for item in _candidates(version) if _is_old(str(engine), item)]
        if not is_known(version) and not isinstance(version, Given):
            old = [str(version)]
        if old:
            yield house.Problem(message=f"{old[0]} is not a version of {engine} in standard support", at=path)


def _candidates(version: object) -> list[str]:
    if isinstance(version, Given):
        return [item for item in (*_ONCE, *(f"OpenSearch_{item}" for item in _ONCE)) if version.admits(item)]
    return [str(version)] if is_known(version) else []


def _is_old(engine: str, version: str) -> bool:
    if match := _SEARCH.fullmatch(version):
        oldest = OLDEST_SEARCH.get(match[1])
        return version.startswith("Elasticsearch") or oldest is None or (int(match[1]), int(match[2])) < oldest
    limit = _numbers(OLDEST.get(engine, ""))
    # Cut to what both say: 7 may be 7.2, and 16 is all there is to say of 16.
    found = _numbers(version)
    return found[: len(limit)] < limit[: len(found)]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))
