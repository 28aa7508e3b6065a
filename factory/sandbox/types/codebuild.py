"""CodeBuild: the settings of a project that an update of the emulator's own handler leaves as they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.plugin import Fill, Request


def _fill_project(request: Request, name: str, old: Mapping[str, Any]) -> None:
    codebuild = request.client("codebuild")
    # The ARN of the role that the service looks up when a project is made.
    request.client("iam").get_role(RoleName=str(request.properties["ServiceRole"]).rpartition("/")[2])
    if old:
        gone: dict[str, Any] = {key: "" for key in ("Description", "SourceVersion") if key in old}
        codebuild.update_project(**arguments(codebuild, "UpdateProject", {**gone, **request.properties, "Name": name}))


FILLS = (Fill(name="AWS::CodeBuild::Project", apply=_fill_project),)
