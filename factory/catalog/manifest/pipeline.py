"""Reads `pipeline` under `hub` in environments.yaml: the repository that the factory's own pipeline publishes from."""

from __future__ import annotations

from factory.catalog.manifest.fields import Field, Form, at_most
from factory.catalog.model import AccountId
from factory.catalog.pipeline import Pipeline

_CONNECTION = Form(
    # Connections from before 2024 have the service's earlier name.
    r"arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection/[\w-]+",
    "the ARN of a connection",
)
_REPOSITORY = Form(r"[\w.-]+(/[\w.-]+)+", "a full name such as acme/catalog")
# Git's own rules, without the characters that a pattern of CodePipeline gives a meaning.
_BRANCH = Form(r"[A-Za-z0-9_][\w./+#-]{0,254}", "the name of a branch")
_EMAIL = Form(r"[^@\s]+@[^@\s]+\.[^@\s.]+", "an e-mail address")
# CodePipeline API Reference, "GitFilePathFilterCriteria".
_PATHS = 8


def pipeline(field: Field, hub: AccountId) -> Pipeline | None:
    """The section, where there is one."""
    if not field:
        return None
    section = field.section("branch", "paths", "pull-requests", "notify", required=("connection", "repository"))
    connection = section["connection"].text(form=_CONNECTION)
    if connection and hub and connection.split(":")[4] != hub:
        section["connection"].problem(f"belongs to account {connection.split(':')[4]}, not to the hub")
    paths = section["paths"].items("file" if section["paths"] else "")
    if len(paths) > _PATHS:
        section["paths"].problem(f"has {len(paths)} patterns, and CodePipeline takes {_PATHS}")
    return Pipeline(
        connection=connection,
        repository=section["repository"].text(form=_REPOSITORY),
        branch=section["branch"].text("main", _BRANCH),
        paths=tuple(path.text(form=at_most(255)) for path in paths),
        pull_requests=section["pull-requests"].flag(False),
        notify=tuple(item.text(form=_EMAIL) for item in section["notify"].items()),
    )
