"""VPC flow logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.ec2_tags import retag
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.refusal import RefusedError


def _made(flow_log_id: str) -> Made:
    return Made(physical_id=flow_log_id, attributes={"Id": flow_log_id})


def _create(request: Request) -> Made:
    ec2 = request.client("ec2")
    properties = request.properties
    given = arguments(ec2, "CreateFlowLogs", {**properties, "Tags": None, "ResourceIds": [properties["ResourceId"]]})
    answer = ec2.create_flow_logs(**given)
    for failed in answer.get("Unsuccessful", []):
        raise RefusedError(failed["Error"]["Message"], code=failed["Error"]["Code"])
    # The emulator ignores the tags of the create call.
    retag(request, answer["FlowLogIds"][0], {})
    return _made(answer["FlowLogIds"][0])


def _update(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    retag(request, physical_id, old)
    return _made(physical_id)


def _delete(request: Request, physical_id: str) -> None:
    request.client("ec2").delete_flow_logs(FlowLogIds=[physical_id])


TYPES = (
    ResourceType(
        name="AWS::EC2::FlowLog",
        fidelity=Fidelity.PARTIAL,
        create=_create,
        update=_update,
        delete=_delete,
        tagged=True,
        dropped=("DeliverCrossAccountRole", "TagFieldSpecifications"),
    ),
)
