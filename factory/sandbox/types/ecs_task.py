"""Amazon ECS: task definitions, whose details the emulator's own handler loses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.refusal import RefusedError
from factory.sandbox.types.tags import tag_changes

# CPU units → memory (MiB) that Fargate offers with them.
# Source: Amazon ECS Developer Guide, "Amazon ECS task definition parameters for Fargate", task size.
FARGATE_MEMORY = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}


def _check_size(properties: Mapping[str, Any]) -> None:
    """Refuse a pair of CPU and memory that Fargate doesn't have; sizes with a unit (`1 vCPU`) aren't judged."""
    if "FARGATE" not in (properties.get("RequiresCompatibilities") or ()):
        return
    cpu, memory = str(properties.get("Cpu", "")), str(properties.get("Memory", ""))
    if not cpu or not memory:
        raise RefusedError(
            "Fargate requires that 'cpu' and 'memory' be defined at the task level.", code="ClientException"
        )
    if cpu.isdigit() and memory.isdigit() and int(memory) not in FARGATE_MEMORY.get(int(cpu), ()):
        raise RefusedError("No Fargate configuration exists for given values.", code="ClientException")


def check_router(properties: Mapping[str, Any]) -> None:
    """Refuse output that is to go to a router where none is, and a router that no output goes to."""
    containers = properties.get("ContainerDefinitions") or ()
    routed = any((item.get("LogConfiguration") or {}).get("LogDriver") == "awsfirelens" for item in containers)
    routers = [item for item in containers if item.get("FirelensConfiguration")]
    if routed and not routers:
        raise RefusedError(
            "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be "
            "configured in one of the containers.",
            code="ClientException",
        )
    if routers and not routed:
        raise RefusedError(
            "When a firelensConfiguration object is specified, at least one container has to be configured with the "
            "awsfirelens log driver.",
            code="ClientException",
        )


def _made(arn: str) -> Made:
    return Made(physical_id=arn, attributes={"TaskDefinitionArn": arn})


def _create(request: Request) -> Made:
    _check_size(request.properties)
    check_router(request.properties)
    ecs = request.client("ecs")
    named = {"Family": generated_name(request).replace("-", ""), **request.properties}
    if proxy := named.get("ProxyConfiguration"):
        named["ProxyConfiguration"] = {**proxy, "Properties": proxy.get("ProxyConfigurationProperties")}
    answer = ecs.register_task_definition(**arguments(ecs, "RegisterTaskDefinition", named))
    return _made(answer["taskDefinition"]["taskDefinitionArn"])


def _update(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    """Change the tags; everything else of a revision is fixed."""
    ecs = request.client("ecs")
    gone, tags = tag_changes(old, request.properties)
    if gone:
        ecs.untag_resource(resourceArn=physical_id, tagKeys=gone)
    if tags:
        ecs.tag_resource(**arguments(ecs, "TagResource", {"ResourceArn": physical_id, "Tags": tags}))
    return _made(physical_id)


def _delete(request: Request, physical_id: str) -> None:
    ecs = request.client("ecs")
    family = physical_id.rpartition("/")[2].partition(":")[0]
    if physical_id in ecs.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]:
        ecs.deregister_task_definition(taskDefinition=physical_id)


TYPES = (
    ResourceType(
        name="AWS::ECS::TaskDefinition",
        fidelity=Fidelity.PARTIAL,
        create=_create,
        update=_update,
        delete=_delete,
        tagged=True,
        dropped=("EnableFaultInjection", "InferenceAccelerators"),
    ),
)
