"""What a relational database takes over from another one, so that it is not asked of itself."""

from __future__ import annotations

from factory.gates.resources import Resource


def is_own(resource: Resource) -> bool:
    """Whether a database instance has settings of its own: no member of a cluster, no replica of another instance."""
    sources = ("DBClusterIdentifier", "SourceDBInstanceIdentifier", "SourceDBClusterIdentifier")
    return resource.type != "AWS::RDS::DBInstance" or all(resource.get(source) is None for source in sources)
