"""House rule: images are named by what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factory.gates import house
from factory.gates.resources import Resource
from factory.gates.unknowns import is_known

IMAGES: Mapping[str, tuple[str, ...]] = {
    "AWS::AppRunner::Service": ("SourceConfiguration.ImageRepository.ImageIdentifier",),
    "AWS::Batch::JobDefinition": ("ContainerProperties.Image", "EcsProperties.TaskProperties.*.Containers.*.Image"),
    "AWS::CodeBuild::Project": ("Environment.Image",),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions.*.Image",),
    "AWS::Lambda::Function": ("Code.ImageUri",),
    "AWS::SageMaker::Model": ("Containers.*.Image", "PrimaryContainer.Image"),
}
"""By resource type, the paths of its images."""


class ImageTags(house.PartRule):
    """No image is named by the tag `latest`, or by none, which means the same."""

    id = "E9709"
    shortdesc = "Images by tag or digest"
    description = (
        "What `latest` means changes by itself: two tasks of one service run different programs, and no way leads back."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html"
    mend = "Name the image by its version, such as orders:1.4.0, or by its digest."
    controls = ("nist-800-53/CM-2", "nist-800-53/CM-3", "nist-800-53/SI-7", "soc2/CC8.1")
    parts = IMAGES

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[house.Problem]:
        """Look at what the template itself says; what a launch gives is that launch's to answer for."""
        if not isinstance(part, str) or "@" in part:
            return
        name = part.rpartition("/")[2]
        _, colon, tag = name.rpartition(":")
        if tag == "latest" or (not colon and is_known(name)):
            yield house.Problem(message=f"{path} of {resource.name} is {part}, whatever that is at the time")
