"""House rule E9204: stores of data, queues of events and proxies speak TLS."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

CACHE = "AWS::ElastiCache::ReplicationGroup"
SEARCH = {
    "NodeToNodeEncryptionOptions": {"Enabled": True},
    "DomainEndpointOptions": {"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
}


def brokers(**transit: Any) -> dict[str, Any]:
    return resource("AWS::MSK::Cluster", EncryptionInfo={"EncryptionInTransit": transit})


@pytest.mark.parametrize(
    "good",
    [
        resource(CACHE, TransitEncryptionEnabled=True),
        resource(CACHE, TransitEncryptionEnabled=True, TransitEncryptionMode="required"),
        resource("AWS::OpenSearchService::Domain", **SEARCH),
        brokers(ClientBroker="TLS"),
        resource("AWS::RDS::DBProxy", RequireTLS=True),
        resource("AWS::DAX::Cluster", ClusterEndpointEncryptionType="TLS"),
    ],
)
def test_tls_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9204", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(CACHE), "TransitEncryptionEnabled is not true"),
        (resource(CACHE, TransitEncryptionEnabled={"Ref": "Wanted"}), "is not true when Wanted=false"),
        (
            resource(CACHE, TransitEncryptionEnabled=True, TransitEncryptionMode="preferred"),
            "TransitEncryptionMode is not required",
        ),
        (
            resource("AWS::OpenSearchService::Domain", **{**SEARCH, "DomainEndpointOptions": {"EnforceHTTPS": True}}),
            "TLSSecurityPolicy is not one of",
        ),
        (brokers(ClientBroker="TLS_PLAINTEXT"), "ClientBroker is not TLS"),
        (brokers(ClientBroker="TLS", InCluster=False), "InCluster is not true"),
        (resource("AWS::RDS::DBProxy"), "RequireTLS is not true"),
        (resource("AWS::DAX::Cluster"), "ClusterEndpointEncryptionType is not TLS"),
    ],
)
def test_plain_connections_are_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9204", bad, **IF_WANTED)
    assert message in found
