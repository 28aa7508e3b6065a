"""What an account holds in a region, as far as parameters of stacks may name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from factory.sandbox.clients import Clients

# AWS CloudFormation User Guide, "AWS-specific parameter types": where their values must be found.
_LISTINGS = {
    "AWS::EC2::AvailabilityZone::Name": ("ec2", "describe_availability_zones", "AvailabilityZones", "ZoneName"),
    "AWS::EC2::Image::Id": ("ec2", "describe_images", "Images", "ImageId"),
    "AWS::EC2::Instance::Id": ("ec2", "describe_instances", "Reservations[].Instances", "InstanceId"),
    "AWS::EC2::KeyPair::KeyName": ("ec2", "describe_key_pairs", "KeyPairs", "KeyName"),
    "AWS::EC2::SecurityGroup::GroupName": ("ec2", "describe_security_groups", "SecurityGroups", "GroupName"),
    "AWS::EC2::SecurityGroup::Id": ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    "AWS::EC2::Subnet::Id": ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    "AWS::EC2::VPC::Id": ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    "AWS::EC2::Volume::Id": ("ec2", "describe_volumes", "Volumes", "VolumeId"),
    "AWS::Route53::HostedZone::Id": ("route53", "list_hosted_zones", "HostedZones", "Id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account in a region."""

    id: str
    region: str
    clients: Clients

    def client(self, service: str) -> Any:
        """Give a client that acts as the account's root."""
        return self.clients.get(service, account=self.id, region=self.region)

    def absent(self, kind: str, values: Iterable[str]) -> list[str]:
        """Give those of `values` that name nothing of that AWS-specific parameter type in the account."""
        if kind not in _LISTINGS:
            return []
        service, operation, members, name = _LISTINGS[kind]
        client = self.client(service)
        found: set[str] = set()
        if client.can_paginate(operation):
            found.update(client.get_paginator(operation).paginate().search(f"{members}[].{name}"))
        else:
            found.update(member[name] for member in getattr(client, operation)()[members])
        found |= {value.removeprefix("/hostedzone/") for value in found}
        return [value for value in values if value not in found]

    def stored(self, names: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Give type and value of those Systems Manager parameters that exist, by name."""
        found = {}
        client = self.client("ssm")
        wanted = sorted(set(names))
        for start in range(0, len(wanted), 10):
            answer = client.get_parameters(Names=wanted[start : start + 10])
            for parameter in answer["Parameters"]:
                name = parameter["Name"] + parameter.get("Selector", "")
                found[name] = (str(parameter["Type"]), str(parameter["Value"]))
        return found
