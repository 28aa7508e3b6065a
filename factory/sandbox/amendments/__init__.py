"""Operations that the emulator answers too kindly or forgetfully, completed in front of it.

A call goes through here with the way to the emulator in its hands: what the emulator refuses stays refused, what
it forgets is kept here and written into its answers, so that every client sees it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from factory.sandbox.amendments.ecs_services import EcsServices
from factory.sandbox.amendments.endpoints import Endpoints
from factory.sandbox.amendments.flow_logs import FlowLogs
from factory.sandbox.amendments.listener_rules import ListenerRules
from factory.sandbox.amendments.nat_gateways import NatGateways
from factory.sandbox.amendments.network_acls import NetworkAcls
from factory.sandbox.amendments.query import Answer, Call, Ec2Error, Element, Forward, ForwardedError
from factory.sandbox.amendments.query import write as write_answer
from factory.sandbox.serialization import read, write


@dataclass(slots=True)
class _Kept:
    """What is kept for one account and region."""

    network_acls: NetworkAcls = field(default_factory=NetworkAcls)
    nat_gateways: NatGateways = field(default_factory=NatGateways)
    flow_logs: FlowLogs = field(default_factory=FlowLogs)
    endpoints: Endpoints = field(default_factory=Endpoints)
    ecs_services: EcsServices = field(default_factory=EcsServices)
    listener_rules: ListenerRules = field(default_factory=ListenerRules)


_EC2: dict[str, Callable[[_Kept, Call], Awaitable[Element]]] = {
    "CreateNetworkAcl": lambda kept, call: kept.network_acls.create(call),
    "DescribeNetworkAcls": lambda kept, call: kept.network_acls.describe(call),
    "DeleteNetworkAcl": lambda kept, call: kept.network_acls.delete(call),
    "CreateNetworkAclEntry": lambda kept, call: kept.network_acls.create_entry(call),
    "ReplaceNetworkAclEntry": lambda kept, call: kept.network_acls.replace_entry(call),
    "DeleteNetworkAclEntry": lambda kept, call: kept.network_acls.delete_entry(call),
    "ReplaceNetworkAclAssociation": lambda kept, call: kept.network_acls.associate(call),
    "CreateNatGateway": lambda kept, call: kept.nat_gateways.create(call),
    "DescribeNatGateways": lambda kept, call: kept.nat_gateways.describe(call),
    "DeleteNatGateway": lambda kept, call: kept.nat_gateways.delete(call),
    "DescribeAddresses": lambda kept, call: kept.nat_gateways.describe_addresses(call),
    "ReleaseAddress": lambda kept, call: kept.nat_gateways.release(call),
    "CreateFlowLogs": lambda kept, call: kept.flow_logs.create(call),
    "DescribeFlowLogs": lambda kept, call: kept.flow_logs.describe(call),
    "DeleteFlowLogs": lambda kept, call: kept.flow_logs.delete(call),
    "CreateVpcEndpoint": lambda kept, call: kept.endpoints.create(call),
    "ModifyVpcEndpoint": lambda kept, call: kept.endpoints.modify(call),
    "DescribeVpcEndpoints": lambda kept, call: kept.endpoints.describe(call),
    "DeleteVpcEndpoints": lambda kept, call: kept.endpoints.delete(call),
}


_ELASTICLOADBALANCING: dict[str, Callable[[_Kept, Call], Awaitable[Element]]] = {
    "CreateRule": lambda kept, call: kept.listener_rules.write(call),
    "ModifyRule": lambda kept, call: kept.listener_rules.write(call),
    "DescribeRules": lambda kept, call: kept.listener_rules.describe(call),
}
_QUERY = {"ec2": _EC2, "elasticloadbalancing": _ELASTICLOADBALANCING}
_ECS: dict[str, Callable[[_Kept, bytes, Forward], Awaitable[Answer]]] = {
    "CreateService": lambda kept, body, forward: kept.ecs_services.create(body, forward),
    "UpdateService": lambda kept, body, forward: kept.ecs_services.update(body, forward),
    "DescribeServices": lambda kept, body, forward: kept.ecs_services.describe(body, forward),
}

_AMENDED = {**{service: frozenset(operations) for service, operations in _QUERY.items()}, "ecs": frozenset(_ECS)}


class Amendments:
    """Answers the amended operations and keeps what the emulator forgets, by account and region."""

    def __init__(self) -> None:
        self._kept: defaultdict[tuple[str, str], _Kept] = defaultdict(_Kept)

    def handles(self, service: str, operation: str) -> bool:
        """Tell whether an operation (`CreateNatGateway`) of a service (`ec2`) is amended."""
        return operation in _AMENDED.get(service, frozenset())

    async def answer(
        self, service: str, operation: str, body: bytes, *, account: str, region: str, forward: Forward
    ) -> Answer:
        """Answer a call: status and body. `forward` sends a body to the emulator in the caller's name."""
        kept = self._kept[account, region]
        if service == "ecs":
            return await _ECS[operation](kept, body, forward)
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        call = Call(form=form, forward=forward, version=form.get("Version", "2016-11-15"))
        try:
            return write_answer(await _QUERY[service][operation](kept, call))
        except Ec2Error as refused:
            return refused.answer()
        except ForwardedError as refused:
            return refused.answer

    def reset(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def busy(self) -> bool:
        """Tell whether something is under way, which it never is."""
        return False

    def save(self, left_out: Callable[[str], None]) -> Any:
        """Give what is kept as JSON-able data."""
        return write(dict(self._kept), left_out)

    def restore(self, saved: Any) -> None:
        """Take back what `save` gave. Raises UnreadableError."""
        self._kept.clear()
        self._kept.update(read(saved))
