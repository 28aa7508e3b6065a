"""House rule: instances hand out credentials only to those who can ask properly."""

from __future__ import annotations

from factory.gates import settings
from factory.gates.branches import Resource

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
        "nist-800-53/AC-3(15)",
        "nist-800-53/AC-6",
        "soc2/CC6.1",
        "cis-aws/5.6",
        "pci-dss/2.2.6",
    )
    settings = {
        "AWS::AutoScaling::LaunchConfiguration": {"MetadataOptions.HttpTokens": _SESSIONS},
        "AWS::EC2::Instance": {"MetadataOptions.HttpTokens": _SESSIONS},
        "AWS::EC2::LaunchTemplate": {"LaunchTemplateData.MetadataOptions.HttpTokens": _SESSIONS},
    }

    def applies(self, resource: Resource, path: str) -> bool:
        """An instance takes over the options of its launch template, where it has none of its own."""
        from_template = resource.type == "AWS::EC2::Instance" and resource.get("LaunchTemplate") is not None
        return not from_template or resource.get(path) is not None
