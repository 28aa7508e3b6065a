"""House rule: what is in an image does not change under its tag."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings

_IMMUTABLE = settings.one_of("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION")


class ImmutableTags(settings.SettingsRule):
    """The tags of every repository are immutable."""

    id = "E9712"
    shortdesc = "Immutable image tags"
    description = "A tag that can be moved lets something else run than what was tested and scanned."
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html"
    mend = "Set ImageTagMutability to IMMUTABLE, and let each push have a tag of its own."
    controls = ("nist-800-53/CM-2", "nist-800-53/CM-8(1)", "nist-800-53/SI-7", "soc2/CC8.1")
    wanted: ClassVar = {
        "AWS::ECR::Repository": {"ImageTagMutability": _IMMUTABLE},
        "AWS::ECR::RepositoryCreationTemplate": {"ImageTagMutability": _IMMUTABLE},
    }
