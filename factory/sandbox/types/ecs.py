"""Amazon ECS: capacity providers and which of them a cluster uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Fill, Made, Request, ResourceType
from factory.sandbox.types.refusal import RefusedError
from factory.sandbox.types.tags import tag_changes


def _associate(request: Request) -> Made:
    ecs = request.client("ecs")
    properties = {"CapacityProviders": [], **request.properties}
    given = arguments(ecs, "PutClusterCapacityProviders", properties)
    known = {provider["name"] for provider in ecs.describe_capacity_providers()["capacityProviders"]}
    for provider in given["capacityProviders"]:
        if provider not in known and provider.rpartition("/")[2] not in known:
            raise RefusedError(
                f"The specified capacity provider {provider} was not found.", code="InvalidParameterException"
            )
    for item in given["defaultCapacityProviderStrategy"]:
        if item["capacityProvider"] not in given["capacityProviders"]:
            raise RefusedError(
                f"The capacity provider {item['capacityProvider']} of the default strategy is not associated "
                "with the cluster.",
                code="InvalidParameterException",
            )
    ecs.put_cluster_capacity_providers(**given)
    return Made(physical_id=given["cluster"], attributes={})


def _update_association(request: Request, _physical_id: str, _old: Mapping[str, Any]) -> Made:
    return _associate(request)


def _dissociate(request: Request, physical_id: str) -> None:
    ecs = request.client("ecs")
    found = ecs.describe_clusters(clusters=[physical_id])["clusters"]
    if any(cluster["status"] == "ACTIVE" for cluster in found):
        ecs.put_cluster_capacity_providers(
            cluster=physical_id, capacityProviders=[], defaultCapacityProviderStrategy=[]
        )


def _create_provider(request: Request) -> Made:
    ecs = request.client("ecs")
    named = {"Name": generated_name(request), **request.properties}
    ecs.create_capacity_provider(**arguments(ecs, "CreateCapacityProvider", named))
    return Made(physical_id=named["Name"], attributes={})


def _update_provider(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    ecs = request.client("ecs")
    changed = {**request.properties, "Name": physical_id}
    provider = ecs.update_capacity_provider(**arguments(ecs, "UpdateCapacityProvider", changed))
    arn = provider["capacityProvider"]["capacityProviderArn"]
    gone, tags = tag_changes(old, request.properties)
    if gone:
        ecs.untag_resource(resourceArn=arn, tagKeys=gone)
    if tags:
        ecs.tag_resource(**arguments(ecs, "TagResource", {"ResourceArn": arn, "Tags": tags}))
    return Made(physical_id=physical_id, attributes={})


def _delete_provider(request: Request, physical_id: str) -> None:
    ecs = request.client("ecs")
    if ecs.describe_capacity_providers(capacityProviders=[physical_id])["capacityProviders"]:
        ecs.delete_capacity_provider(capacityProvider=physical_id)


def _fill_cluster(request: Request, name: str, old: Mapping[str, Any]) -> None:
    defaults = request.properties.get("ServiceConnectDefaults")
    if defaults == old.get("ServiceConnectDefaults"):
        return
    ecs = request.client("ecs")
    # An empty namespace takes the default back. Source: Amazon ECS API Reference, "UpdateCluster".
    changed = {"Cluster": name, "ServiceConnectDefaults": defaults or {"Namespace": ""}}
    ecs.update_cluster(**arguments(ecs, "UpdateCluster", changed))


FILLS = (Fill(name="AWS::ECS::Cluster", apply=_fill_cluster),)

TYPES = (
    ResourceType(
        name="AWS::ECS::ClusterCapacityProviderAssociations",
        fidelity=Fidelity.REAL,
        create=_associate,
        update=_update_association,
        delete=_dissociate,
    ),
    ResourceType(
        name="AWS::ECS::CapacityProvider",
        fidelity=Fidelity.PARTIAL,
        create=_create_provider,
        update=_update_provider,
        delete=_delete_provider,
        tagged=True,
        dropped=("AutoScalingGroupProvider.ManagedDraining", "ClusterName", "ManagedInstancesProvider"),
    ),
)
