"""House rule: no store of data, and nothing that runs code, has an address on the internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from factory.gates import house, settings
from factory.gates.resources import Resource
from factory.gates.settings import anything, exactly, if_set, one_of

_PRIVATE = {"PubliclyAccessible": exactly(False)}
_PUBLIC_REGISTRY = "AWS::ECR::PublicRepository"


class PublicEndpoints(settings.SettingsRule):
    """No database, stream, notebook or function is reached from the internet, and no snapshot or image is public."""

    id = "E9108"
    shortdesc = "No public endpoints of data and code"
    description = "What has a public address is found within minutes and attacked for as long as it is there."
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"
    mend = "Set it private and put it into the data subnets: Requires(contract.DATA_SUBNETS)."
    controls = (
        "nist-800-53/AC-3",
        "nist-800-53/AC-4",
        "nist-800-53/SC-7",
        "nist-800-53/SC-7(4)",
        "soc2/CC6.1",
        "soc2/CC6.6",
        "cis-aws/2.3.3",
        "pci-dss/1.4.4",
    )
    wanted: ClassVar = {
        "AWS::AmazonMQ::Broker": _PRIVATE,
        "AWS::DMS::ReplicationInstance": _PRIVATE,
        "AWS::EC2::SnapshotBlockPublicAccess": {"State": exactly("block-all-sharing")},
        _PUBLIC_REGISTRY: {},
        "AWS::EKS::Cluster": {"ResourcesVpcConfig.EndpointPublicAccess": exactly(False)},
        "AWS::Elasticsearch::Domain": {"VPCOptions.SubnetIds": anything()},
        "AWS::Lambda::Url": {"AuthType": exactly("AWS_IAM")},
        "AWS::MSK::Cluster": {
            "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type": if_set(exactly("DISABLED")),
        },
        "AWS::Neptune::DBInstance": {"PubliclyAccessible": if_set(exactly(False))},
        "AWS::NeptuneGraph::Graph": {"PublicConnectivity": exactly(False)},
        "AWS::OpenSearchService::Domain": {"VPCOptions.SubnetIds": anything()},
        # Of a cluster, this belongs to its instances where the engine is Aurora.
        "AWS::RDS::DBCluster": {"PubliclyAccessible": if_set(exactly(False))},
        "AWS::RDS::DBInstance": _PRIVATE,
        "AWS::Redshift::Cluster": _PRIVATE,
        "AWS::RedshiftServerless::Workgroup": _PRIVATE,
        "AWS::SageMaker::NotebookInstance": {"DirectInternetAccess": exactly("Disabled")},
        "AWS::Transfer::Server": {"EndpointType": one_of("VPC", "VPC_ENDPOINT")},
    }

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Hold to the table; a public registry has no setting that would make it private."""
        if resource.type == _PUBLIC_REGISTRY:
            yield house.Problem(message="its images are public")
        yield from super().check(resource)
