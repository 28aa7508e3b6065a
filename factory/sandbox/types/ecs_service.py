"""Amazon ECS: services, of which the emulator's own handler passes on a part only.

What it takes without looking is looked at here, in the order in which the service refuses it; the wording follows
messages that users have published and was not compared with the real service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments, truth
from factory.sandbox.types.ecs_deployments import check_deployment
from factory.sandbox.types.elasticloadbalancing import forwarded
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.refusal import RefusedError
from factory.sandbox.types.tags import tag_changes

# What UpdateService has to be told where the template no longer names a setting.
_UNSET: dict[str, Any] = {
    "CapacityProviderStrategy": [],
    "EnableECSManagedTags": False,
    "EnableExecuteCommand": False,
    "HealthCheckGracePeriodSeconds": 0,
    "LoadBalancers": [],
    "PlacementConstraints": [],
    "PlacementStrategies": [],
    "PropagateTags": "NONE",
    "ServiceConnectConfiguration": {"Enabled": False},
    "ServiceRegistries": [],
    "VolumeConfigurations": [],
}


def _given(request: Request, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    renamed = {**properties, "PlacementStrategy": properties.get("PlacementStrategies")}
    forced = properties.get("ForceNewDeployment")
    renamed["ForceNewDeployment"] = truth(forced["EnableForceNewDeployment"]) if forced else None
    return arguments(request.client("ecs"), operation, renamed)


def _made(arn: str) -> Made:
    return Made(physical_id=arn, attributes={"ServiceArn": arn, "Name": arn.rpartition("/")[2]})


def _refused(message: str, code: str = "InvalidParameterException") -> RefusedError:
    return RefusedError(message, code=code)


def _cluster(request: Request) -> dict[str, Any]:
    name = request.properties.get("Cluster") or "default"
    for cluster in request.client("ecs").describe_clusters(clusters=[name])["clusters"]:
        if cluster["status"] == "ACTIVE":
            return dict(cluster)
    raise _refused("Cluster not found.", "ClusterNotFoundException")


def _task(request: Request) -> dict[str, Any]:
    reference = request.properties.get("TaskDefinition")
    if not reference:
        raise _refused("TaskDefinition can not be blank.")
    return dict(request.client("ecs").describe_task_definition(taskDefinition=reference)["taskDefinition"])


def _check(request: Request) -> None:
    """Refuse what ECS refuses before it makes or changes a service."""
    cluster = _cluster(request)
    _check_capacity(request.properties, cluster)
    check_deployment(request.properties)
    task = _task(request)
    _check_network(request, task)
    for balancer in request.properties.get("LoadBalancers") or ():
        _check_balancer(request, balancer, task)
    _check_connect(request.properties.get("ServiceConnectConfiguration") or {}, task, cluster)


def _check_capacity(properties: Mapping[str, Any], cluster: Mapping[str, Any]) -> None:
    strategy = properties.get("CapacityProviderStrategy") or ()
    if strategy and properties.get("LaunchType"):
        raise _refused("Specifying both a launch type and capacity provider strategy is not supported.")
    offered = {str(name).rpartition("/")[2] for name in cluster.get("capacityProviders") or ()}
    for item in strategy:
        # Fargate's two can be used by any cluster once it has been associated with them.
        if item["CapacityProvider"].rpartition("/")[2] not in offered:
            raise _refused(
                "The specified capacity provider strategy cannot contain a capacity provider that is not "
                f"associated with the cluster: {item['CapacityProvider']}"
            )


def _check_network(request: Request, task: Mapping[str, Any]) -> None:
    network = (request.properties.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration")
    if task["networkMode"] != "awsvpc":
        return
    if not network:
        raise _refused("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    ec2 = request.client("ec2")
    ec2.describe_subnets(SubnetIds=network.get("Subnets") or [])
    known = {group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]}
    for group in network.get("SecurityGroups") or ():
        if group not in known:
            raise _refused(f"The security group '{group}' does not exist")


def _check_balancer(request: Request, balancer: Mapping[str, Any], task: Mapping[str, Any]) -> None:
    containers = {container["name"]: container for container in task["containerDefinitions"]}
    name, port = balancer.get("ContainerName"), int(balancer.get("ContainerPort", 0))
    if name not in containers:
        raise _refused(f"The container {name} does not exist in the task definition.")
    if port not in [item["containerPort"] for item in containers[name].get("portMappings", ())]:
        raise _refused(f"The container {name} did not have a container port {port} defined.")
    advanced = balancer.get("AdvancedConfiguration") or {}
    elb = request.client("elbv2")
    rules = [advanced[key] for key in ("ProductionListenerRule", "TestListenerRule") if key in advanced]
    for rule in rules:
        elb.describe_rules(RuleArns=[rule])
    groups = [balancer.get("TargetGroupArn"), advanced.get("AlternateTargetGroupArn")]
    for arn in filter(None, groups):
        elb.describe_target_groups(TargetGroupArns=[arn])
        if arn not in {group for _balancer, group in forwarded(elb)}:
            raise _refused(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")


def _check_connect(configuration: Mapping[str, Any], task: Mapping[str, Any], cluster: Mapping[str, Any]) -> None:
    namespace = configuration.get("Namespace") or (cluster.get("serviceConnectDefaults") or {}).get("namespace")
    if truth(configuration.get("Enabled", False)) and not namespace:
        raise _refused("A namespace is required for Service Connect, as the cluster has no default one.")
    ports = {
        mapping.get("name")
        for container in task["containerDefinitions"]
        for mapping in container.get("portMappings", ())
    }
    for service in configuration.get("Services") or ():
        if service["PortName"] not in ports:
            raise _refused(
                f"The Service Connect port name {service['PortName']} is not a port mapping's name in the task "
                "definition."
            )


def _create(request: Request) -> Made:
    _check(request)
    named = {"ServiceName": generated_name(request), "DesiredCount": 1, **request.properties}
    if named.get("SchedulingStrategy") == "DAEMON":
        named["DesiredCount"] = request.properties.get("DesiredCount")
    answer = request.client("ecs").create_service(**_given(request, "CreateService", named))
    return _made(answer["service"]["serviceArn"])


def _update(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    _check(request)
    ecs = request.client("ecs")
    removed = {key: value for key, value in _UNSET.items() if key in old and key not in request.properties}
    changed = {**request.properties, **removed, "Service": physical_id}
    ecs.update_service(**_given(request, "UpdateService", changed))
    gone, tags = tag_changes(old, request.properties)
    if gone:
        ecs.untag_resource(resourceArn=physical_id, tagKeys=gone)
    if tags:
        ecs.tag_resource(**arguments(ecs, "TagResource", {"ResourceArn": physical_id, "Tags": tags}))
    return _made(physical_id)


def _delete(request: Request, physical_id: str) -> None:
    ecs = request.client("ecs")
    cluster = request.properties.get("Cluster") or "default"
    try:
        found = ecs.describe_services(cluster=cluster, services=[physical_id])["services"]
    except ecs.exceptions.ClusterNotFoundException:
        return
    if any(service["status"] == "ACTIVE" for service in found):
        ecs.delete_service(cluster=cluster, service=physical_id, force=True)


TYPES = (
    ResourceType(
        name="AWS::ECS::Service",
        fidelity=Fidelity.PARTIAL,
        create=_create,
        update=_update,
        delete=_delete,
        dropped=("GatewayConnectors", "Monitoring", "VpcLatticeConfigurations"),
    ),
)
