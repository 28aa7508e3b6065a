"""House rule: production outlives the loss of a zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factory.gates import databases, settings
from factory.gates.resources import Resource
from factory.gates.settings import at_least, exactly, if_set, never, one_of, several

_GROUP = "AWS::AutoScaling::AutoScalingGroup"


class MultipleZones(settings.SettingsRule):
    """In production, databases and caches fail over to another zone, and tasks and balancers are in two or more."""

    id = "E9503"
    shortdesc = "Several zones in prod"
    description = "A zone fails as a whole, some hours a year: what is in one zone only is away with it."
    source_url = "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/use-fault-isolation-to-protect-your-workload.html"
    mend = "Switch MultiAZ or failover on in prod and dr, and take the network's subnets, which are in all zones."
    controls = (
        "nist-800-53/CP-6",
        "nist-800-53/CP-10",
        "nist-800-53/SC-5(2)",
        "nist-800-53/SC-36",
        "nist-800-53/SI-13(5)",
        "soc2/A1.2",
    )
    production_only = True
    wanted: ClassVar = {
        "AWS::AmazonMQ::Broker": {"DeploymentMode": one_of("ACTIVE_STANDBY_MULTI_AZ", "CLUSTER_MULTI_AZ")},
        _GROUP: {"VPCZoneIdentifier": several(), "AvailabilityZones": several()},
        "AWS::DAX::Cluster": {"ReplicationFactor": at_least(2)},
        "AWS::ECS::Service": {"NetworkConfiguration.AwsvpcConfiguration.Subnets": several()},
        "AWS::EFS::FileSystem": {"AvailabilityZoneName": never()},
        "AWS::ElastiCache::ReplicationGroup": {
            "AutomaticFailoverEnabled": exactly(True),
            "MultiAZEnabled": exactly(True),
        },
        "AWS::ElasticLoadBalancingV2::LoadBalancer": {"Subnets": several(), "SubnetMappings": several()},
        "AWS::Lambda::Function": {"VpcConfig.SubnetIds": if_set(several())},
        "AWS::MSK::Cluster": {"BrokerNodeGroupInfo.ClientSubnets": several()},
        "AWS::MemoryDB::Cluster": {"NumReplicasPerShard": if_set(at_least(1))},
        "AWS::OpenSearchService::Domain": {"ClusterConfig.ZoneAwarenessEnabled": exactly(True)},
        "AWS::RDS::DBInstance": {"MultiAZ": exactly(True)},
        "AWS::Redshift::Cluster": {"MultiAZ": exactly(True)},
    }

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """Of two ways to name zones the one that is taken; a cluster's members and replicas are the second zone."""
        rows = dict(super().rows(resource))
        match resource.type:
            case "AWS::ElasticLoadBalancingV2::LoadBalancer":
                rows.pop("Subnets" if resource.get("SubnetMappings") is not None else "SubnetMappings")
            case "AWS::AutoScaling::AutoScalingGroup":
                rows.pop("AvailabilityZones" if resource.get("VPCZoneIdentifier") is not None else "VPCZoneIdentifier")
            case "AWS::ECS::Service" if resource.get("NetworkConfiguration") is None:
                rows.clear()
            case _ if not databases.is_own(resource):
                rows.clear()
        return rows
