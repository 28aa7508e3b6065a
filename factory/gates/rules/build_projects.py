"""House rule: builds are current, logged, and privileged only where they build images."""

from __future__ import annotations

import re
from collections.abc import Iterator

from factory.gates import house, settings
from factory.gates.resources import Resource

# What AWS still updates and keeps at hand (CodeBuild User Guide, "Docker images provided by CodeBuild"); each kind has
# its own numbers.
CURRENT = {
    "aws/codebuild/amazonlinux-aarch64-standard": 3,
    "aws/codebuild/amazonlinux-x86_64-standard": 5,
    "aws/codebuild/standard": 7,
}
# Those for Windows and for functions go by other numbers.
_OF_AWS = re.compile(r"(aws/codebuild/(?!windows|amazonlinux-\w+-lambda)[a-z0-9_-]+):(\d+)\.\d+")
_GONE = 1000
_BUILDS_IMAGES = re.compile(r"docker(\s+buildx)?\s+(build|compose)|buildctl|kaniko|podman\s+build")


class BuildProjects(house.HouseRule):
    """Every build runs in a current image, writes a log, and is privileged only where it builds images."""

    id = "E9720"
    shortdesc = "Build projects"
    description = (
        "A build runs what dependencies bring along: with privileges it owns its host, in an old image it meets known "
        "holes, and without a log nobody sees it."
    )
    source_url = "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html"
    mend = (
        "Take the latest image of aws/codebuild, set LogsConfig.CloudWatchLogs to ENABLED, and PrivilegedMode only "
        "where the BuildSpec of the template runs docker build."
    )
    controls = ("nist-800-53/AC-6", "nist-800-53/AU-12", "nist-800-53/SI-2", "soc2/CC6.8", "soc2/CC7.2", "soc2/CC8.1")
    types = frozenset({"AWS::CodeBuild::Project"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at privileges, logs and image."""
        privileged = resource.get("Environment.PrivilegedMode")
        builds_images = _BUILDS_IMAGES.search(str(resource.get("Source.BuildSpec"))) is not None
        if privileged is not None and not settings.is_off(privileged) and not builds_images:
            message = "the build is privileged and builds no image"
            yield house.Problem(message=message, at="Environment.PrivilegedMode")
        targets = ("LogsConfig.CloudWatchLogs.Status", "LogsConfig.S3Logs.Status")
        if all(resource.get(target) != "ENABLED" for target in targets):
            yield house.Problem(message="the build writes no log", at="LogsConfig")
        image = resource.get("Environment.Image")
        match = _OF_AWS.fullmatch(image) if isinstance(image, str) else None
        if match and int(match[2]) < CURRENT.get(match[1], _GONE):
            yield house.Problem(message=f"{image} is no longer current", at="Environment.Image")
