"""ECS services as ECS shows them: Service Connect, volumes, placement and zone balance, which the emulator forgets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factory.sandbox.amendments.query import Answer, Forward

_OF_SERVICE = (
    "availabilityZoneRebalancing",
    "enableECSManagedTags",
    "placementConstraints",
    "placementStrategy",
    "propagateTags",
    "serviceRegistries",
)
_OF_DEPLOYMENT = ("serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations")


@dataclass(slots=True)
class EcsServices:
    """What one account's and region's services were given and the emulator doesn't show, by ARN."""

    settings: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def create(self, body: bytes, forward: Forward) -> Answer:
        """CreateService."""
        return await self._write(body, forward, fresh=True)

    async def update(self, body: bytes, forward: Forward) -> Answer:
        """UpdateService; what it doesn't name stays."""
        return await self._write(body, forward, fresh=False)

    async def describe(self, body: bytes, forward: Forward) -> Answer:
        """DescribeServices."""
        status, answer = await forward(body)
        if status != 200:
            return status, answer
        shown = json.loads(answer)
        for service in shown["services"]:
            self._complete(service)
        return status, json.dumps(shown).encode()

    async def _write(self, body: bytes, forward: Forward, *, fresh: bool) -> Answer:
        status, answer = await forward(body)
        if status != 200:
            return status, answer
        given: Mapping[str, Any] = json.loads(body)
        shown = json.loads(answer)
        arn = shown["service"]["serviceArn"]
        before = {} if fresh else self.settings.get(arn, {})
        now = {name: given[name] for name in (*_OF_SERVICE, *_OF_DEPLOYMENT) if name in given}
        self.settings[arn] = {**before, **now}
        self._complete(shown["service"])
        return status, json.dumps(shown).encode()

    def _complete(self, service: dict[str, Any]) -> None:
        kept = self.settings.get(service["serviceArn"], {})
        service.update({name: kept[name] for name in _OF_SERVICE if name in kept})
        for deployment in service.get("deployments", [])[:1]:
            deployment.update({name: kept[name] for name in _OF_DEPLOYMENT if name in kept})
