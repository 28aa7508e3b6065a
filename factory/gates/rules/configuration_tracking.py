"""House rule: a recorder of configurations records all of them."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house, settings
from factory.gates.resources import Resource

_GROUP = "RecordingGroup"
_GLOBAL = f"{_GROUP}.IncludeGlobalResourceTypes"
_REGION = "⟦AWS::Region⟧"


class ConfigurationTracking(house.HouseRule):
    """A recorder of AWS Config records every resource type, global ones in one region, and delivers what it records."""

    id = "E9805"
    shortdesc = "Configuration tracking"
    description = "What is not recorded can't be looked up after an incident, and no Config rule sees it."
    source_url = "https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html"
    mend = (
        "Set RecordingGroup to AllSupported and IncludeGlobalResourceTypes, the latter at least in the region that a "
        "launch names, and add a DeliveryChannel."
    )
    controls = (
        "nist-800-53/CM-3",
        "nist-800-53/CM-6(1)",
        "nist-800-53/CM-8",
        "soc2/CC7.1",
        "cis-aws/3.3",
        "pci-dss/12.5.1",
        "pci-dss/11.5.2",
    )
    types = frozenset({"AWS::Config::ConfigurationRecorder"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at what is recorded, and at where it goes."""
        strategy = resource.get(f"{_GROUP}.RecordingStrategy.UseOnly")
        # Without a group, all but the global types are recorded.
        if strategy != "ALL_SUPPORTED_RESOURCE_TYPES" and not settings.is_on(resource.get(f"{_GROUP}.AllSupported")):
            yield house.Problem(message="it leaves resource types out", at=_GROUP)
        if not settings.is_on(resource.get(_GLOBAL)) and not _is_done_by_another_region(resource):
            yield house.Problem(message="it leaves global resource types out, IAM among them", at=_GROUP)
        if not any(True for _ in resource.world.resources("AWS::Config::DeliveryChannel")):
            yield house.Problem(message="nothing delivers what it records")


def _is_done_by_another_region(resource: Resource) -> bool:
    """Whether this recorder leaves global types out only where the region is not the one that records them; two regions
    would record each change twice (AWS Config Developer Guide, "Recording AWS Resources")."""
    for compared, holds in resource.world.choices.items():
        if holds is False and _REGION in compared:
            there = resource.world.where({compared: True}).resource(resource.name)
            return there is not None and settings.is_on(there.get(_GLOBAL))
    return False
