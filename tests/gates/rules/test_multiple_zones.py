"""House rule E9503: production outlives the loss of a zone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import NOTHING, ask, resource

LIST = "List<AWS::EC2::Subnet::Id>"
SECTIONS: dict[str, Any] = {
    "Parameters": {
        "Environment": {"Type": "String", "AllowedValues": ["dev", "prod"]},
        "Private": {"Type": f"AWS::SSM::Parameter::Value<{LIST}>", "Default": "/platform/main/network/private-subnets"},
        "Chosen": {"Type": LIST},
    },
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}},
}
BALANCER, DATABASE = "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::RDS::DBInstance"
TWO = ["subnet-1", "subnet-2"]


def service(subnets: Any) -> dict[str, Any]:
    return resource("AWS::ECS::Service", NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": subnets}})


def cache(**failover: Any) -> dict[str, Any]:
    return resource("AWS::ElastiCache::ReplicationGroup", **failover)


@pytest.mark.parametrize(
    "good",
    [
        resource(DATABASE, MultiAZ={"Fn::If": ["IsProd", True, False]}),
        resource(DATABASE, DBClusterIdentifier="aurora"),
        resource(DATABASE, SourceDBInstanceIdentifier="primary"),
        cache(AutomaticFailoverEnabled=True, MultiAZEnabled=True),
        resource(BALANCER, Subnets=TWO),
        resource(BALANCER, Subnets={"Ref": "Private"}),
        resource(BALANCER, SubnetMappings=[{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}]),
        service({"Ref": "Private"}),
        resource("AWS::AutoScaling::AutoScalingGroup", VPCZoneIdentifier=TWO),
        resource("AWS::EFS::FileSystem"),
    ],
)
def test_several_zones_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9503", good, **SECTIONS) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(DATABASE), "MultiAZ is not true when Environment=prod"),
        (resource(DATABASE, MultiAZ={"Fn::If": ["IsProd", False, True]}), "MultiAZ is not true when Environment=prod"),
        (cache(AutomaticFailoverEnabled=True), "MultiAZEnabled is not true"),
        (cache(MultiAZEnabled=True), "AutomaticFailoverEnabled is not true"),
        (resource(BALANCER, Subnets=TWO[:1]), "Subnets is not two or more"),
        (resource(BALANCER, Subnets=[TWO[0], {"Fn::If": ["IsProd", NOTHING, TWO[1]]}]), "Subnets is not two or more"),
        (resource(BALANCER, Subnets=[TWO[0], TWO[0]]), "Subnets is not two or more"),
        (resource(BALANCER, Subnets={"Ref": "Chosen"}), "Subnets is not two or more"),
        (service(TWO[:1]), "AwsvpcConfiguration.Subnets is not two or more"),
        (resource("AWS::AutoScaling::AutoScalingGroup", AvailabilityZones=["a"]), "AvailabilityZones is not two or"),
        (resource("AWS::EFS::FileSystem", AvailabilityZoneName="eu-west-1a"), "AvailabilityZoneName is not left out"),
    ],
)
def test_one_zone_in_production_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9503", bad, **SECTIONS)
    assert message in found
