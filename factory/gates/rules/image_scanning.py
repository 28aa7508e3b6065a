"""House rule: images are scanned as they arrive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factory.gates import house, settings
from factory.gates.resources import Resource

_SCANS = {"CONTINUOUS_SCAN", "SCAN_ON_PUSH"}


class ImageScanning(house.HouseRule):
    """Every repository's images are scanned when they are pushed, by its own setting or by that of the registry."""

    id = "E9711"
    shortdesc = "Scan on push"
    description = "An image with known vulnerabilities runs until somebody notices."
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html"
    mend = "Set ImageScanningConfiguration.ScanOnPush."
    controls = ("nist-800-53/RA-5", "nist-800-53/SI-2", "soc2/CC7.1", "pci-dss/11.3")
    types = frozenset({"AWS::ECR::Repository"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the repository, then at the registry."""
        if settings.is_on(resource.get("ImageScanningConfiguration.ScanOnPush")):
            return
        registries = resource.world.resources("AWS::ECR::RegistryScanningConfiguration")
        if not any(_scans_all(rule) for registry in registries for rule in registry.items("Rules")):
            yield house.Problem(message="nothing scans the images", at="ImageScanningConfiguration")


def _scans_all(rule: Any) -> bool:
    if not isinstance(rule, Mapping) or rule.get("ScanFrequency") not in _SCANS:
        return False
    return any(isinstance(item, Mapping) and item.get("Filter") == "*" for item in rule.get("RepositoryFilters", []))
