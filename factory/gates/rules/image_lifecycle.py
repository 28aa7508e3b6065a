"""House rule: old images go."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings


class ImageLifecycle(settings.SettingsRule):
    """Every repository has a lifecycle policy."""

    id = "E9713"
    shortdesc = "Lifecycle policy of repositories"
    description = "Images that nobody needs cost for ever, and stay there to be started with the holes that they have."
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html"
    mend = "Set LifecyclePolicy: untagged images gone after days, and a number of tagged ones kept."
    controls = ("nist-800-53/CM-2", "nist-800-53/SI-12", "soc2/CC7.1")
    wanted: ClassVar = {
        "AWS::ECR::Repository": {"LifecyclePolicy.LifecyclePolicyText": settings.anything()},
        "AWS::ECR::RepositoryCreationTemplate": {"LifecyclePolicy": settings.anything()},
    }
