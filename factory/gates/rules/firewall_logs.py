"""House rule: web firewalls log what they decide."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource

_LOGGING = "AWS::WAFv2::LoggingConfiguration"


class FirewallLogs(house.HouseRule):
    """A web ACL logs the requests that it decides about."""

    id = "E9404"
    shortdesc = "Logs of web firewalls"
    description = "A firewall without a log shows neither the attack nor the customers whom it keeps out by mistake."
    source_url = "https://docs.aws.amazon.com/waf/latest/developerguide/logging.html"
    mend = "Take products.parts.firewall, or add a LoggingConfiguration for the web ACL."
    controls = (
        "nist-800-53/AU-2",
        "nist-800-53/AU-12",
        "nist-800-53/SI-4(20)",
        "soc2/CC7.2",
        "pci-dss/10.2.1",
    )
    types = frozenset({"AWS::WAFv2::WebACL"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look for the logging of this web ACL."""
        logging = resource.world.resources(_LOGGING)
        if not any(resource.is_meant_by(item.get("ResourceArn")) for item in logging):
            yield house.Problem(message="it has no logging configuration")
