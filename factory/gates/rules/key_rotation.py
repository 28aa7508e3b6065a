"""House rule: keys are given new material every year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factory.gates import settings
from factory.gates.resources import Resource
from factory.gates.settings import exactly


class KeyRotation(settings.SettingsRule):
    """A customer-managed key rotates by itself."""

    id = "E9102"
    shortdesc = "Key rotation"
    description = "Key material that is never renewed decrypts everything ever written, once it is lost."
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"
    mend = "Set EnableKeyRotation, as products.parts.encryption.environment_key does."
    controls = (
        "nist-800-53/SC-12",
        "nist-800-53/SC-12(2)",
        "soc2/CC6.1",
        "cis-aws/3.6",
        "pci-dss/3.7.4",
        "platform/secret-rotation",
    )
    wanted: ClassVar = {"AWS::KMS::Key": {"EnableKeyRotation": exactly(True)}}

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """KMS rotates symmetric keys whose material it made itself."""
        is_symmetric = resource.get("KeySpec") in (None, "SYMMETRIC_DEFAULT")
        return super().rows(resource) if is_symmetric and resource.get("Origin") in (None, "AWS_KMS") else {}
