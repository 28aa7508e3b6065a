"""Network ACLs through EC2's API: what the emulator alone would take or forget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]


def code(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


def vpc(ec2: Any, block: str = "10.0.0.0/16") -> str:
    return str(ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"])


def acl(ec2: Any, vpc_id: str) -> str:
    return str(ec2.create_network_acl(VpcId=vpc_id)["NetworkAcl"]["NetworkAclId"])


def entry(acl_id: str, number: int, **others: Any) -> dict[str, Any]:
    fixed = {"Protocol": "6", "RuleAction": "allow", "Egress": False, "CidrBlock": "10.0.0.0/8"}
    ports = {"PortRange": {"From": 443, "To": 443}}
    return {"NetworkAclId": acl_id, "RuleNumber": number, **fixed, **ports, **others}


def test_a_new_acl_denies_everything(aws: Aws) -> None:
    ec2 = aws("ec2")

    made = ec2.create_network_acl(VpcId=vpc(ec2))["NetworkAcl"]

    assert [(item["RuleNumber"], item["RuleAction"]) for item in made["Entries"]] == [(32767, "deny")] * 2
    (found,) = ec2.describe_network_acls(NetworkAclIds=[made["NetworkAclId"]])["NetworkAcls"]
    assert found["Entries"] == made["Entries"]


def test_unknown_ids_are_errors(aws: Aws) -> None:
    ec2 = aws("ec2")
    unknown = "acl-00000000000000000"

    assert code(ec2.create_network_acl, VpcId="vpc-00000000000000000") == "InvalidVpcID.NotFound"
    assert code(ec2.describe_network_acls, NetworkAclIds=[unknown]) == "InvalidNetworkAclID.NotFound"
    assert code(ec2.delete_network_acl, NetworkAclId=unknown) == "InvalidNetworkAclID.NotFound"
    assert code(ec2.create_network_acl_entry, **entry(unknown, 1)) == "InvalidNetworkAclID.NotFound"


def test_entries_exist_once_and_must_exist_to_be_changed(aws: Aws) -> None:
    ec2 = aws("ec2")
    acl_id = acl(ec2, vpc(ec2))
    ec2.create_network_acl_entry(**entry(acl_id, 100))

    again = code(ec2.create_network_acl_entry, **entry(acl_id, 100))
    other_way = entry(acl_id, 100, Egress=True)

    assert again == "NetworkAclEntryAlreadyExists"
    assert code(ec2.replace_network_acl_entry, **other_way) == "InvalidNetworkAclEntry.NotFound"
    gone = {"NetworkAclId": acl_id, "RuleNumber": 7, "Egress": False}
    assert code(ec2.delete_network_acl_entry, **gone) == "InvalidNetworkAclEntry.NotFound"


def test_an_entry_for_tcp_names_its_ports_and_a_free_number(aws: Aws) -> None:
    ec2 = aws("ec2")
    acl_id = acl(ec2, vpc(ec2))
    portless = {key: value for key, value in entry(acl_id, 1).items() if key != "PortRange"}

    assert code(ec2.create_network_acl_entry, **portless) == "MissingParameter"
    assert code(ec2.create_network_acl_entry, **entry(acl_id, 32767)) == "InvalidParameterValue"


def test_a_direction_holds_twenty_rules(aws: Aws) -> None:
    ec2 = aws("ec2")
    acl_id = acl(ec2, vpc(ec2))
    for number in range(1, 20):
        ec2.create_network_acl_entry(**entry(acl_id, number))

    assert code(ec2.create_network_acl_entry, **entry(acl_id, 20)) == "NetworkAclEntryLimitExceeded"
    ec2.create_network_acl_entry(**entry(acl_id, 20, Egress=True))


def test_an_acl_in_use_and_the_default_one_stay(aws: Aws) -> None:
    ec2 = aws("ec2")
    vpc_id = vpc(ec2)
    subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
    (default,) = ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"]
    acl_id = acl(ec2, vpc_id)

    (first,) = (item for item in default["Associations"] if item["SubnetId"] == subnet)
    ec2.replace_network_acl_association(AssociationId=first["NetworkAclAssociationId"], NetworkAclId=acl_id)

    assert code(ec2.delete_network_acl, NetworkAclId=acl_id) == "DependencyViolation"
    assert code(ec2.delete_network_acl, NetworkAclId=default["NetworkAclId"]) == "CannotDelete"
    stale = {"AssociationId": first["NetworkAclAssociationId"], "NetworkAclId": acl_id}
    assert code(ec2.replace_network_acl_association, **stale) == "InvalidAssociationID.NotFound"


def test_a_subnet_takes_no_acl_of_another_vpc(aws: Aws) -> None:
    ec2 = aws("ec2")
    ec2.create_subnet(VpcId=vpc(ec2), CidrBlock="10.0.1.0/24")
    acls = ec2.describe_network_acls(Filters=[{"Name": "default", "Values": ["true"]}])["NetworkAcls"]
    (association,) = (item for one in acls for item in one["Associations"] if one["VpcId"] != "vpc-00000001")

    refused = code(
        ec2.replace_network_acl_association,
        AssociationId=association["NetworkAclAssociationId"],
        NetworkAclId=acl(ec2, vpc(ec2, "10.1.0.0/16")),
    )

    assert refused == "InvalidParameterValue"
