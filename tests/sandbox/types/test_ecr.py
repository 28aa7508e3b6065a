"""A repository goes with its images only where the template says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

MANIFEST = '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"}'


@pytest.mark.parametrize(("empties", "ended"), [(True, "DELETE_COMPLETE"), (False, "DELETE_FAILED")])
def test_empty_on_delete(empties: bool, ended: str, stacks: Any, aws: Callable[[str], Any]) -> None:
    properties = {"RepositoryName": "it", "EmptyOnDelete": empties}
    stacks.put("it", {"It": {"Type": "AWS::ECR::Repository", "Properties": properties}})
    aws("ecr").put_image(repositoryName="it", imageManifest=MANIFEST, imageTag="1.0.0")

    assert stacks.delete("it") == ended
