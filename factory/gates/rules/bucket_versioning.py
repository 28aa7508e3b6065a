"""House rule: buckets keep what was overwritten or deleted."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings
from factory.gates.settings import exactly


class BucketVersioning(settings.SettingsRule):
    """A bucket is versioned."""

    id = "E9110"
    shortdesc = "Bucket versioning"
    description = "An object that is overwritten or deleted, by mistake or by an intruder, is gone without a version."
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"
    mend = "Set VersioningConfiguration to Enabled, as products.parts.buckets does."
    controls = (
        "nist-800-53/CP-9",
        "nist-800-53/CP-10",
        "nist-800-53/SI-12",
        "soc2/A1.2",
        "soc2/PI1.5",
        "pci-dss/10.3.4",
    )
    wanted: ClassVar = {"AWS::S3::Bucket": {"VersioningConfiguration.Status": exactly("Enabled")}}
