"""House rule: a deployment that fails goes back by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factory.gates import settings
from factory.gates.resources import Resource
from factory.gates.settings import exactly

_BREAKER = "DeploymentConfiguration.DeploymentCircuitBreaker"
_ALARMS = "DeploymentConfiguration.Alarms"


class DeploymentRollback(settings.SettingsRule):
    """A service goes back to the version that ran when a new one fails to start."""

    id = "E9504"
    shortdesc = "Rollback of deployments"
    description = (
        "Without it ECS starts the broken version for ever, and the next failure of a task takes the service down."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html"
    mend = "Take products.parts.deployments.rolling, or switch circuit breaker and rollback on."
    controls = ("nist-800-53/CM-3", "nist-800-53/CP-10", "nist-800-53/SI-2", "soc2/A1.2", "soc2/CC8.1")
    wanted: ClassVar = {
        "AWS::ECS::Service": {
            f"{item}.{part}": exactly(True) for item in (_BREAKER, _ALARMS) for part in ("Enable", "Rollback")
        }
    }

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """ECS's circuit breaker is for rolling deployments; the other ways go back when an alarm rings."""
        if resource.get("DeploymentController.Type") in ("CODE_DEPLOY", "EXTERNAL"):
            return {}
        rolls = resource.get("DeploymentConfiguration.Strategy") in (None, "ROLLING")
        way = _BREAKER if rolls else _ALARMS
        return {path: wanted for path, wanted in super().rows(resource).items() if path.startswith(way)}
