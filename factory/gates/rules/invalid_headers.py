"""House rule: load balancers let no malformed request through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factory.gates import settings
from factory.gates.resources import Resource
from factory.gates.settings import exactly, if_set, one_of


class InvalidHeaders(settings.SettingsRule):
    """An application load balancer drops invalid header fields and refuses ambiguous requests."""

    id = "E9223"
    shortdesc = "Invalid headers dropped"
    description = "What balancer and service read differently smuggles a second request past the firewall."
    source_url = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
    mend = "Take products.parts.load_balancers, or set routing.http.drop_invalid_header_fields.enabled to true."
    controls = (
        "nist-800-53/SC-7(4)",
        "nist-800-53/SI-10",
        "soc2/CC6.6",
        "pci-dss/6.2.4",
    )
    wanted: ClassVar = {
        "AWS::ElasticLoadBalancingV2::LoadBalancer": {
            "LoadBalancerAttributes[routing.http.drop_invalid_header_fields.enabled]": exactly(True),
            "LoadBalancerAttributes[routing.http.desync_mitigation_mode]": if_set(one_of("defensive", "strictest")),
        }
    }

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """Only application load balancers read headers."""
        return super().rows(resource) if resource.get("Type") in (None, "application") else {}
