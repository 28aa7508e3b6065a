"""House rule: clusters are observed."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings
from factory.gates.settings import one_of


class ContainerInsights(settings.SettingsRule):
    """A cluster has Container Insights switched on."""

    id = "E9407"
    shortdesc = "Container Insights"
    description = "Without Container Insights nobody sees which task runs out of memory or restarts again and again."
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/deploy-container-insights-ECS-cluster.html"
    )
    mend = "Set the cluster setting containerInsights to enhanced."
    controls = (
        "nist-800-53/SI-2",
        "nist-800-53/SI-4",
        "nist-800-53/AU-6",
        "soc2/CC7.2",
        "soc2/A1.1",
        "platform/container-insights",
    )
    wanted: ClassVar = {"AWS::ECS::Cluster": {"ClusterSettings[containerInsights]": one_of("enabled", "enhanced")}}
