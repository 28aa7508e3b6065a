"""House rule: databases get their fixes."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings

_ON = settings.exactly(True)


class MinorUpgrades(settings.SettingsRule):
    """Every database, cache, broker and search domain takes minor versions by itself."""

    id = "E9719"
    shortdesc = "Automatic minor upgrades"
    description = "Minor versions close holes: without them a database is attacked by what everybody else has mended."
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html"
    mend = "Set AutoMinorVersionUpgrade, with a maintenance window that suits."
    controls = (
        "nist-800-53/SI-2",
        "nist-800-53/SI-2(2)",
        "nist-800-53/SI-2(5)",
        "soc2/CC7.1",
        "pci-dss/6.3.3",
    )
    wanted: ClassVar = {
        "AWS::AmazonMQ::Broker": {"AutoMinorVersionUpgrade": _ON},
        "AWS::DMS::ReplicationInstance": {"AutoMinorVersionUpgrade": _ON},
        "AWS::DocDB::DBInstance": {"AutoMinorVersionUpgrade": _ON},
        "AWS::ElastiCache::CacheCluster": {"AutoMinorVersionUpgrade": _ON},
        "AWS::ElastiCache::ReplicationGroup": {"AutoMinorVersionUpgrade": _ON},
        "AWS::MemoryDB::Cluster": {"AutoMinorVersionUpgrade": _ON},
        "AWS::Neptune::DBInstance": {"AutoMinorVersionUpgrade": _ON},
        "AWS::OpenSearchService::Domain": {"SoftwareUpdateOptions.AutoSoftwareUpdateEnabled": _ON},
        "AWS::RDS::DBInstance": {"AutoMinorVersionUpgrade": _ON},
        "AWS::Redshift::Cluster": {"AllowVersionUpgrade": _ON},
    }
