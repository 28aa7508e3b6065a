"""House rule: tasks and instances have no address on the internet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factory.gates import settings
from factory.gates.resources import Resource
from factory.gates.settings import exactly, if_set, never

_TASK = "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"
_OFF = exactly("DISABLED")


class PrivateAddresses(settings.SettingsRule):
    """No task, instance or subnet is given public addresses."""

    id = "E9221"
    shortdesc = "No public addresses"
    description = "With a public address a workload is reached, and reaches, past load balancer, firewall and NAT."
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html"
    mend = "Put it into private subnets, Requires(contract.PRIVATE_SUBNETS), with the public address switched off."
    controls = (
        "nist-800-53/AC-4",
        "nist-800-53/SC-7",
        "nist-800-53/SC-7(4)",
        "nist-800-53/SC-7(11)",
        "soc2/CC6.1",
        "soc2/CC6.6",
        "pci-dss/1.4.4",
        "platform/segmentation",
    )
    wanted: ClassVar = {
        "AWS::AutoScaling::LaunchConfiguration": {"AssociatePublicIpAddress": exactly(False)},
        "AWS::EC2::EIP": {"InstanceId": never()},
        "AWS::EC2::EIPAssociation": {"InstanceId": never()},
        "AWS::EC2::Instance": {"NetworkInterfaces.*.AssociatePublicIpAddress": if_set(exactly(False))},
        "AWS::EC2::LaunchTemplate": {
            "LaunchTemplateData.NetworkInterfaces.*.AssociatePublicIpAddress": if_set(exactly(False))
        },
        "AWS::EC2::Subnet": {"MapPublicIpOnLaunch": if_set(exactly(False))},
        "AWS::ECS::Service": {_TASK: _OFF},
        "AWS::ECS::TaskSet": {"NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp": _OFF},
        "AWS::Events::Rule": {
            "Targets.*.EcsParameters.NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp": if_set(_OFF)
        },
        "AWS::Scheduler::Schedule": {
            "Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp": if_set(_OFF)
        },
    }

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """Tasks on instances may have no network of their own."""
        rows = super().rows(resource)
        return {} if _TASK in rows and resource.get("NetworkConfiguration") is None else rows
