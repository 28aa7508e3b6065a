"""House rule: databases refuse connections in plain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from factory.gates import databases, house
from factory.gates.controls import ENCRYPTED_ON_THE_WAY
from factory.gates.resources import Resource

# By beginning of a parameter group's family: the parameter that demands TLS, and its values that do (Amazon RDS User
# Guide, "Using SSL with a PostgreSQL DB instance", "Requiring SSL/TLS for all connections" and so on).
_DEMANDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "aurora-mysql": ("require_secure_transport", frozenset({"ON", "1"})),
    "aurora-postgresql": ("rds.force_ssl", frozenset({"1"})),
    "docdb": ("tls", frozenset({"enabled", "fips-140-3", "tls1.2+", "tls1.3+"})),
    "mariadb": ("require_secure_transport", frozenset({"ON", "1"})),
    "mysql": ("require_secure_transport", frozenset({"ON", "1"})),
    "postgres": ("rds.force_ssl", frozenset({"1"})),
    "redshift": ("require_ssl", frozenset({"true"})),
    "sqlserver": ("rds.force_ssl", frozenset({"1"})),
}
# By type of database, the property that names its parameter group and the type of that.
_GROUPS: Mapping[str, tuple[str, str]] = {
    "AWS::DocDB::DBCluster": ("DBClusterParameterGroupName", "AWS::DocDB::DBClusterParameterGroup"),
    "AWS::RDS::DBCluster": ("DBClusterParameterGroupName", "AWS::RDS::DBClusterParameterGroup"),
    "AWS::RDS::DBInstance": ("DBParameterGroupName", "AWS::RDS::DBParameterGroup"),
    "AWS::Redshift::Cluster": ("ClusterParameterGroupName", "AWS::Redshift::ClusterParameterGroup"),
}
_FAMILY = {"AWS::Redshift::ClusterParameterGroup": "ParameterGroupFamily"}
# Engines that have no such parameter; Oracle's TLS is an option group, which the connection has to choose.
_WITHOUT = ("oracle", "custom-", "db2")


class DatabaseTls(house.HouseRule):
    """A database has a parameter group of the template that demands TLS of every connection."""

    id = "E9205"
    shortdesc = "TLS demanded by databases"
    description = "A database that also takes plain connections is reached in plain by the first client that forgets."
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html"
    mend = "Give it a parameter group with rds.force_ssl 1 (MySQL: require_secure_transport ON)."
    controls = ENCRYPTED_ON_THE_WAY
    types = frozenset(_GROUPS)

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look into the parameter group that the database names."""
        engine = str(resource.get("Engine"))
        if engine.startswith(_WITHOUT) or resource.get("DBClusterIdentifier") is not None:
            return
        name, kind = _GROUPS[resource.type]
        named = resource.get(name)
        if named is None and not databases.is_own(resource):
            # A replica without a group of its own has its source's.
            return
        group = next((group for group in resource.world.resources(kind) if group.is_meant_by(named)), None)
        if group is None:
            yield house.Problem(message="it has no parameter group of this template, which would demand TLS", at=name)
        elif (parameter := _missing(group)) is not None:
            yield house.Problem(message=f"its parameter group {group.name} does not set {parameter}", at=name)


def _missing(group: Resource) -> str | None:
    """The parameter that the group would have to set and does not."""
    family = str(group.get(_FAMILY.get(group.type, "Family")))
    for beginning, (parameter, values) in _DEMANDS.items():
        if family.startswith(beginning):
            return None if str(group.entry("Parameters", parameter)) in values else parameter
    return f"a demand for TLS that is known of {family}"
