"""What a team that launches an internal microservice relies on."""

from __future__ import annotations

from typing import Any

import pytest

from factory.synthesis.artifact import synthesize
from products.microservice_internal import MicroserviceInternal
from tests.products.launching import Launched, allowed, refused

AUTHORITY = "arn:aws:acm-pca:us-east-1:222222222222:certificate-authority/11111111-2222-3333-4444-555555555555"
GROUP = "sg-0123456789abcdef0"


def made(**given: str) -> Launched:
    return Launched(MicroserviceInternal, ServiceGroup="services", VpcCidr="10.0.0.0/16", **given)


def ways_in(**given: str) -> list[tuple[str, str]]:
    launched = made(**given)
    further = launched.of_type("AWS::EC2::SecurityGroupIngress").values()
    rules = [*launched["TaskSecurityGroup"]["SecurityGroupIngress"], *further]
    return [(rule.get("CidrIp") or rule["SourceSecurityGroupId"], rule["FromPort"]) for rule in rules]


def test_only_services_of_the_cluster_reach_it() -> None:
    assert ways_in() == [("services", "3000")]


def test_further_clients_are_named() -> None:
    assert ways_in(Client=GROUP) == [("services", "3000"), (GROUP, "3000")]
    assert ways_in(Client="10.1.0.0/20") == [("services", "3000"), ("10.1.0.0/20", "3000")]


@pytest.mark.parametrize(("kafka", "peer"), [("vpc", "10.0.0.0/16"), (GROUP, GROUP), ("10.9.0.0/24", "10.9.0.0/24")])
def test_brokers_call_it_where_it_listens_to_them(kafka: str, peer: str) -> None:
    assert ways_in(Kafka=kafka, KafkaPort="8083") == [("services", "3000"), (peer, "8083")]


def test_brokers_that_call_have_to_be_known() -> None:
    template = synthesize(MicroserviceInternal).template
    assert refused(template, Kafka="none", KafkaPort="8083") == {"BrokersThatCallAreKnown"}
    assert refused(template, Kafka="none") == set()


def test_it_is_found_by_its_name_on_one_port_for_all() -> None:
    launched = made(ServiceName="orders", Port="9000", Protocol="grpc")
    (served,) = launched["Service"]["ServiceConnectConfiguration"]["Services"]
    assert served["DiscoveryName"] == "orders"
    assert served["ClientAliases"] == [{"DnsName": "orders", "Port": 80}]
    mapping: dict[str, Any] = launched["TaskDefinition"]["ContainerDefinitions"][0]["PortMappings"][0]
    assert (served["PortName"], mapping["AppProtocol"]) == (mapping["Name"], "grpc")
    assert launched["ServiceUrlContract"]["Value"] == "http://orders"


def test_failed_calls_are_those_of_its_own_cluster() -> None:
    """Another environment of the account may have a service of the same name."""
    (watched,) = made(ServiceName="orders", ClusterName="here")["ServerErrors"]["Metrics"]
    assert "WHERE ClusterName = 'here' AND TargetDiscoveryName = 'orders'" in watched["Expression"]


def test_the_container_is_asked_always() -> None:
    """No load balancer would find out that it hangs."""
    pattern = synthesize(MicroserviceInternal).template["Parameters"]["HealthCommand"]["AllowedPattern"]
    assert "none" in pattern
    for protocol in ("http", "http2", "grpc"):
        assert made(Protocol=protocol)["TaskDefinition"]["ContainerDefinitions"][0]["HealthCheck"]["Command"]


def test_health_is_asked_as_given() -> None:
    check = made(HealthCheck="/up 30 120")["TaskDefinition"]["ContainerDefinitions"][0]["HealthCheck"]
    assert (check["Interval"], check["StartPeriod"]) == ("30", "120")


def test_certificates_are_issued_by_the_authority_that_is_given() -> None:
    assert "Tls" not in made()["Service"]["ServiceConnectConfiguration"]["Services"][0]
    assert "CertificateRole" not in made()
    launched = made(Authority=AUTHORITY, KeyArn="key")
    tls = launched["Service"]["ServiceConnectConfiguration"]["Services"][0]["Tls"]
    assert tls["IssuerCertificateAuthority"] == {"AwsPcaAuthorityArn": AUTHORITY}
    assert tls["KmsKey"] == "key"
    (policy,) = launched["CertificateRole"]["Policies"]
    statements = allowed(policy["PolicyDocument"])
    assert statements["IssueCertificate"]["Resource"] == [AUTHORITY]
    assert all(
        resource.endswith(":secret:ecs-sc!*")
        for name in ("MakeSecret", "KeepSecret", "SeeSecret")
        for resource in statements[name]["Resource"]
    )
