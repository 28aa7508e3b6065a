"""The template of a pipeline that publishes to an environment of each class, and of one in the least form."""

from __future__ import annotations

from collections.abc import Iterable

from factory.catalog.environments import Environment, EnvironmentClass
from factory.catalog.model import AccountId, EnvironmentName, ProductName, Region, VersionName
from factory.catalog.pipeline import Pipeline
from factory.synthesis.artifact import Artifact
from factory.synthesis.pipeline import STACK_NAME, pipeline_template

CONNECTION = "arn:aws:codeconnections:us-east-1:111111111111:connection/1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d"
LEAST = Pipeline(connection=CONNECTION, repository="acme/catalog")
FULL = Pipeline(
    connection=CONNECTION,
    repository="acme/catalog",
    branch="release",
    paths=("products/**", "portfolios/**"),
    pull_requests=True,
    notify=("platform@example.com",),
)


def sample_environments(classes: Iterable[EnvironmentClass] = EnvironmentClass) -> list[Environment]:
    """One of each class, called like it."""
    return [
        Environment(
            name=EnvironmentName(sizing),
            account=AccountId(str(number) * 12),
            sizing=sizing,
            regions=(Region("us-east-1"),),
        )
        for number, sizing in enumerate(classes, start=2)
    ]


def sample_pipeline(pipeline: Pipeline = FULL) -> str:
    """The template."""
    return pipeline_template(pipeline, sample_environments())


def sample_artifact(pipeline: Pipeline = FULL) -> Artifact:
    """The template as what gates and scanners look at."""
    return Artifact(
        product=ProductName(STACK_NAME),
        version=VersionName("1.0.0"),
        description="",
        owner="",
        support_email="",
        support_url="",
        body=sample_pipeline(pipeline).encode(),
        assets=(),
        requires=(),
        finds=frozenset(),
        provides=frozenset(),
    )
