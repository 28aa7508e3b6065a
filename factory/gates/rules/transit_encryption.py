"""House rule: stores of data, queues of events and proxies speak TLS with their clients and among themselves."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings
from factory.gates.settings import exactly, if_set, one_of

_SEARCH = {
    "NodeToNodeEncryptionOptions.Enabled": exactly(True),
    "DomainEndpointOptions.EnforceHTTPS": exactly(True),
    "DomainEndpointOptions.TLSSecurityPolicy": one_of(
        "Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10", "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08"
    ),
}


class TransitEncryption(settings.SettingsRule):
    """Caches, brokers, search domains and database proxies take TLS alone."""

    id = "E9204"
    shortdesc = "Encryption in transit"
    description = "Whoever gets into the network reads what passes in plain, passwords of databases among it."
    source_url = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html"
    mend = "Switch encryption in transit on, in its strictest mode."
    controls = (
        "nist-800-53/AC-17(2)",
        "nist-800-53/SC-8",
        "nist-800-53/SC-8(1)",
        "nist-800-53/SC-13",
        "soc2/CC6.7",
        "pci-dss/4.2.1",
        "gdpr/32",
        "platform/encryption-in-transit",
    )
    wanted: ClassVar = {
        "AWS::AppSync::ApiCache": {"TransitEncryptionEnabled": exactly(True)},
        "AWS::DAX::Cluster": {"ClusterEndpointEncryptionType": exactly("TLS")},
        "AWS::ElastiCache::CacheCluster": {"TransitEncryptionEnabled": exactly(True)},
        "AWS::ElastiCache::ReplicationGroup": {
            "TransitEncryptionEnabled": exactly(True),
            "TransitEncryptionMode": if_set(exactly("required")),
        },
        "AWS::Elasticsearch::Domain": _SEARCH,
        "AWS::MSK::Cluster": {
            "EncryptionInfo.EncryptionInTransit.ClientBroker": exactly("TLS"),
            "EncryptionInfo.EncryptionInTransit.InCluster": if_set(exactly(True)),
        },
        "AWS::MSK::Replicator": {"KafkaClusters.*.EncryptionInTransit.EncryptionType": if_set(exactly("TLS"))},
        "AWS::MemoryDB::Cluster": {"TLSEnabled": if_set(exactly(True))},
        "AWS::OpenSearchService::Domain": _SEARCH,
        "AWS::RDS::DBProxy": {"RequireTLS": exactly(True)},
    }
