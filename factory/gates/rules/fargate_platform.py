"""House rule: Fargate runs its current platform."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings

# Windows tasks have a platform 1.0.0 of their own (Amazon ECS Developer Guide, "Fargate platform versions").
_CURRENT = settings.if_set(settings.one_of("LATEST", "1.4.0"))


class FargatePlatform(settings.SettingsRule):
    """Tasks on Fargate run on the current platform version."""

    id = "E9710"
    shortdesc = "Current Fargate platform"
    description = "An old platform version gets no more fixes of its kernel and container runtime."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html"
    mend = "Set PlatformVersion to LATEST, or leave it out."
    controls = ("nist-800-53/SI-2", "nist-800-53/SI-2(2)", "soc2/CC7.1", "pci-dss/6.3.3")
    wanted: ClassVar = {
        "AWS::ECS::Service": {"PlatformVersion": _CURRENT},
        "AWS::ECS::TaskSet": {"PlatformVersion": _CURRENT},
        "AWS::Events::Rule": {"Targets.*.EcsParameters.PlatformVersion": _CURRENT},
        "AWS::Scheduler::Schedule": {"Target.EcsParameters.PlatformVersion": _CURRENT},
    }
