"""AWS IAM: the permissions boundary, which the emulator's roles lose, groups, and providers of identities by OpenID
Connect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import text
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Fill, Made, Request, ResourceType

_NAME_CHARACTERS = 128


def _fill_role(request: Request, name: str, old: Mapping[str, Any]) -> None:
    iam = request.client("iam")
    boundary = request.properties.get("PermissionsBoundary")
    if boundary == old.get("PermissionsBoundary"):
        return
    if boundary:
        # The emulator takes any ARN for a boundary.
        iam.get_policy(PolicyArn=boundary)
        iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
    else:
        iam.delete_role_permissions_boundary(RoleName=name)


def _create_provider(request: Request) -> Made:
    """Make a provider; the service refuses a second one with the same address in an account."""
    properties = request.properties
    made = request.client("iam").create_open_id_connect_provider(
        Url=properties["Url"],
        ClientIDList=properties.get("ClientIdList") or [],
        ThumbprintList=properties.get("ThumbprintList") or [],
        Tags=properties.get("Tags") or [],
    )
    arn = made["OpenIDConnectProviderArn"]
    return Made(physical_id=arn, attributes={"Arn": arn})


def _update_provider(request: Request, physical_id: str, _old: Mapping[str, Any]) -> Made:
    """Make it anew under the same ARN, as the emulator has no calls that change one."""
    _delete_provider(request, physical_id)
    return _create_provider(request)


def _delete_provider(request: Request, physical_id: str) -> None:
    iam = request.client("iam")
    try:
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=physical_id)
    except iam.exceptions.NoSuchEntityException:
        return


def _create_group(request: Request) -> Made:
    name = request.properties.get("GroupName") or generated_name(request, longest=_NAME_CHARACTERS)
    iam = request.client("iam")
    iam.create_group(GroupName=name, Path=request.properties.get("Path", "/"))
    return _permit(request, name, {})


def _update_group(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    return _permit(request, physical_id, old)


def _permit(request: Request, name: str, old: Mapping[str, Any]) -> Made:
    """Give a group the policies that its properties name, and take those away that they no longer do."""
    iam, new = request.client("iam"), request.properties
    attached, written = _policies(new)
    before, formerly = _policies(old)
    for arn in before - attached:
        iam.detach_group_policy(GroupName=name, PolicyArn=arn)
    for arn in attached - before:
        iam.attach_group_policy(GroupName=name, PolicyArn=arn)
    for title in formerly.keys() - written.keys():
        iam.delete_group_policy(GroupName=name, PolicyName=title)
    for title, document in written.items():
        iam.put_group_policy(GroupName=name, PolicyName=title, PolicyDocument=text(document))
    return Made(physical_id=name, attributes={"Arn": iam.get_group(GroupName=name)["Group"]["Arn"]})


def _policies(properties: Mapping[str, Any]) -> tuple[set[str], dict[str, Any]]:
    written = {policy["PolicyName"]: policy["PolicyDocument"] for policy in properties.get("Policies") or ()}
    return set(properties.get("ManagedPolicyArns") or ()), written


def _delete_group(request: Request, physical_id: str) -> None:
    """Take the policies off first, as CloudFormation does; a group that has users stays."""
    iam = request.client("iam")
    try:
        for policy in iam.list_attached_group_policies(GroupName=physical_id)["AttachedPolicies"]:
            iam.detach_group_policy(GroupName=physical_id, PolicyArn=policy["PolicyArn"])
        for title in iam.list_group_policies(GroupName=physical_id)["PolicyNames"]:
            iam.delete_group_policy(GroupName=physical_id, PolicyName=title)
        iam.delete_group(GroupName=physical_id)
    except iam.exceptions.NoSuchEntityException:
        return


FILLS = (Fill(name="AWS::IAM::Role", apply=_fill_role),)

TYPES = (
    ResourceType(
        name="AWS::IAM::Group",
        fidelity=Fidelity.REAL,
        create=_create_group,
        update=_update_group,
        delete=_delete_group,
    ),
    ResourceType(
        name="AWS::IAM::OIDCProvider",
        fidelity=Fidelity.REAL,
        create=_create_provider,
        update=_update_provider,
        delete=_delete_provider,
        tagged=True,
    ),
)
