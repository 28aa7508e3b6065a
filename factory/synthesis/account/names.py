"""Names that the account template's parts, and what stands beside them, agree on."""

from __future__ import annotations

from troposphere import Tags

STACK_NAME = "factory-account"

LAUNCHER_ROLE = "factory-launcher"
PUBLISHER_ROLE = "factory-publisher"
READER_ROLE = "factory-reader"
PIPELINE_PUBLISHER = "factory-pipeline-publish"
"""The role of the pipeline's build projects that publish: it may take on the hub's publisher and reader."""
PIPELINE_READER = "factory-pipeline-plan"
"""The role of the pipeline's build projects that only look: it may take on the hub's reader."""
PIPELINE_CHECKER = "factory-pipeline-check"
"""The role of the build projects that look at pull requests: it may take on the hub's reader."""

# Conditions of the template.
BOUNDED = "RolesAreBounded"
HUB = "IsHub"
ROLES = "MakesRoles"
HUB_ROLES = "MakesRolesOfTheHub"
ENVIRONMENT_ROLES = "MakesRolesOfAnEnvironment"

TAGS = Tags(ManagedBy="product-factory", Product="factory")
