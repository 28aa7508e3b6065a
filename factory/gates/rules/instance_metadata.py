"""House rule: instances hand out credentials only to those who can ask properly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factory.gates import settings
from factory.gates.resources import Resource

_SESSIONS = settings.exactly("required")


class InstanceMetadata(settings.SettingsRule):
    """Every instance demands session tokens for its metadata (IMDSv2)."""

    id = "E9717"
    shortdesc = "IMDSv2"
    description = (
        "With the first version, a request that an application was tricked into fetches the instance's credentials."
    )
    source_url = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html"
    mend = "Set MetadataOptions.HttpTokens to required, on the launch template where there is one."
    controls = (
        "nist-800-53/AC-3",
        "nist-800-53/AC-6",
        "soc2/CC6.1",
        "cis-aws/5.6",
        "pci-dss/2.2.6",
    )
    wanted: ClassVar = {
        "AWS::AutoScaling::LaunchConfiguration": {"MetadataOptions.HttpTokens": _SESSIONS},
        "AWS::EC2::Instance": {"MetadataOptions.HttpTokens": _SESSIONS},
        "AWS::EC2::LaunchTemplate": {"LaunchTemplateData.MetadataOptions.HttpTokens": _SESSIONS},
    }

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """An instance takes over the options of its launch template, where it has none of its own."""
        if resource.type == "AWS::EC2::Instance" and resource.get("LaunchTemplate") is not None:
            return {path: settings.if_set(wanted) for path, wanted in super().rows(resource).items()}
        return super().rows(resource)
