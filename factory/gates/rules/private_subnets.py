"""House rule: data and workloads are in subnets that do not lead to the internet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from factory.gates import house, networks
from factory.gates.resources import Resource

_SUBNETS: Mapping[str, str] = {
    "AWS::DAX::SubnetGroup": "SubnetIds",
    "AWS::DMS::ReplicationSubnetGroup": "SubnetIds",
    "AWS::DocDB::DBSubnetGroup": "SubnetIds",
    "AWS::ECS::Service": "NetworkConfiguration.AwsvpcConfiguration.Subnets",
    "AWS::EFS::MountTarget": "SubnetId",
    "AWS::ElastiCache::ServerlessCache": "SubnetIds",
    "AWS::ElastiCache::SubnetGroup": "SubnetIds",
    "AWS::FSx::FileSystem": "SubnetIds",
    "AWS::Lambda::Function": "VpcConfig.SubnetIds",
    "AWS::MSK::Cluster": "BrokerNodeGroupInfo.ClientSubnets",
    "AWS::MemoryDB::SubnetGroup": "SubnetIds",
    "AWS::Neptune::DBSubnetGroup": "SubnetIds",
    "AWS::OpenSearchService::Domain": "VPCOptions.SubnetIds",
    "AWS::RDS::DBProxy": "VpcSubnetIds",
    "AWS::RDS::DBSubnetGroup": "SubnetIds",
    "AWS::Redshift::ClusterSubnetGroup": "SubnetIds",
    "AWS::RedshiftServerless::Workgroup": "SubnetIds",
}


class PrivateSubnets(house.HouseRule):
    """Stores of data, tasks and functions are in subnets without a route to an internet gateway."""

    id = "E9222"
    shortdesc = "Data and workloads in private subnets"
    description = "In a public subnet one wrong setting, an address or a rule, puts the data on the internet."
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html"
    mend = "Requires(contract.DATA_SUBNETS) for data, Requires(contract.PRIVATE_SUBNETS) for what runs code."
    controls = (
        "nist-800-53/AC-4",
        "nist-800-53/SC-7",
        "nist-800-53/SC-7(21)",
        "soc2/CC6.1",
        "soc2/CC6.6",
        "pci-dss/1.4.4",
        "platform/segmentation",
    )
    types = frozenset(_SUBNETS)

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at each subnet; one that a person may choose may be public."""
        path = _SUBNETS[resource.type]
        for subnet in resource.items(path):
            if networks.is_public(resource.world, subnet):
                yield house.Problem(message=f"{subnet} is, or may be, a public subnet", at=path)
