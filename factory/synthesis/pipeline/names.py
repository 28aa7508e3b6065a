"""Names that the parts of the pipeline's template, and what stands beside it, agree on."""

from __future__ import annotations

STACK_NAME = "factory-pipeline"

PIPELINE = "factory"
"""The pipeline that publishes."""
CHECK = "factory-check"
"""The pipeline that looks at pull requests."""

ROLE = "factory-pipeline"
VALIDATE_ROLE = "factory-pipeline-validate"

# Artifacts, beside that of the source.
REPORTS = "Reports"
PLAN = "Plan"
PUBLISHED = "Published"

# Logical names, and a parameter's.
ARTIFACTS = "Artifacts"
KEY = "Key"
TOPIC = "Notices"
CONNECTION = "Connection"

# A condition of the template.
BOUNDED = "RolesAreBounded"


def artifact(kind: str, environment: str) -> str:
    """The name of an environment's artifact, which a shell takes as a part of a variable's name."""
    return f"{kind}_{environment.replace('-', '_')}"


def objects(pipeline: str, kind: str) -> str:
    """The pattern of the keys of a kind of artifact; CodePipeline shortens names in keys, which end in other ways."""
    return f"{pipeline}/{kind}*"
