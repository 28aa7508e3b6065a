"""House rule: whatever holds data is backed up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factory.gates import databases, settings
from factory.gates.resources import Resource
from factory.gates.settings import at_least, exactly

_DAYS = at_least(7)
_PITR = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"


class Backups(settings.SettingsRule):
    """Databases, tables, caches and file systems are backed up by themselves; databases for seven days or more."""

    id = "E9501"
    shortdesc = "Backups"
    description = "Without a backup a wrong statement, a bug or an intruder's deletion is final."
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html"
    mend = "Set the backup's retention (7 days or more, also in dev), or point-in-time recovery."
    controls = (
        "nist-800-53/CP-6",
        "nist-800-53/CP-9",
        "nist-800-53/CP-10",
        "nist-800-53/SI-12",
        "soc2/A1.2",
        "soc2/A1.3",
        "gdpr/32",
    )
    wanted: ClassVar = {
        "AWS::Cassandra::Table": {"PointInTimeRecoveryEnabled": exactly(True)},
        "AWS::DocDB::DBCluster": {"BackupRetentionPeriod": _DAYS},
        "AWS::DocDBElastic::Cluster": {"BackupRetentionPeriod": _DAYS},
        "AWS::DynamoDB::GlobalTable": {f"Replicas.*.{_PITR}": exactly(True)},
        "AWS::DynamoDB::Table": {_PITR: exactly(True)},
        "AWS::EFS::FileSystem": {"BackupPolicy.Status": exactly("ENABLED")},
        "AWS::ElastiCache::ReplicationGroup": {"SnapshotRetentionLimit": at_least(1)},
        "AWS::ElastiCache::ServerlessCache": {"SnapshotRetentionLimit": at_least(1)},
        "AWS::MemoryDB::Cluster": {"SnapshotRetentionLimit": at_least(1)},
        "AWS::Neptune::DBCluster": {"BackupRetentionPeriod": _DAYS},
        "AWS::RDS::DBCluster": {"BackupRetentionPeriod": _DAYS},
        "AWS::RDS::DBInstance": {"BackupRetentionPeriod": _DAYS},
        "AWS::Redshift::Cluster": {"AutomatedSnapshotRetentionPeriod": _DAYS},
    }

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """A member is backed up with its cluster, a replica with its source."""
        return super().rows(resource) if databases.is_own(resource) else {}
