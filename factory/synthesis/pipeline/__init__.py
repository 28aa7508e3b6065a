"""The template of the factory's own pipeline, which publishes the catalog's repository by `buildspecs/`."""

from __future__ import annotations

import json
from collections.abc import Iterable

from troposphere import Equals, Not, Output, Parameter, Ref, Template

from factory.catalog.environments import Environment
from factory.catalog.pipeline import Pipeline
from factory.synthesis.pipeline import names
from factory.synthesis.pipeline.names import STACK_NAME
from factory.synthesis.pipeline.notices import add_notices
from factory.synthesis.pipeline.projects import add_projects, builds
from factory.synthesis.pipeline.stages import add_pipelines
from factory.synthesis.pipeline.store import add_store

__all__ = ["STACK_NAME", "pipeline_template"]

_CONNECTION = "arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[A-Za-z0-9-]+"


def pipeline_template(pipeline: Pipeline, environments: Iterable[Environment]) -> str:
    """The template for the hub, in one region; environments are published in the order in which they are given."""
    template = Template(Description="The pipeline with which the product factory publishes its catalog")
    for name, description, more in (
        (names.CONNECTION, "ARN of the connection to the Git provider.", {"AllowedPattern": _CONNECTION}),
        ("PermissionsBoundary", "ARN of the policy that bounds the roles; empty for none.", {"Default": ""}),
    ):
        template.add_parameter(Parameter(name, Type="String", Description=description, **more))
    template.add_condition(names.BOUNDED, Not(Equals(Ref("PermissionsBoundary"), "")))
    found = list(builds(pull_requests=pipeline.pull_requests))
    add_store(template)
    add_notices(template, pipeline.notify)
    add_projects(template, found)
    add_pipelines(template, pipeline, environments, found)
    template.add_output(
        Output("Notices", Description="The topic that hears of approvals and failures.", Value=Ref(names.TOPIC))
    )
    body = {**template.to_dict(), "AWSTemplateFormatVersion": "2010-09-09"}
    # Compact, since it is handed to CloudFormation inline as long as it fits.
    return json.dumps(body, separators=(",", ":"), sort_keys=True)
