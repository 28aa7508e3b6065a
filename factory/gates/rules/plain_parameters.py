"""House rule: SSM parameters of a template hold no secrets."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house, secrets
from factory.gates.controls import NO_PLAIN_SECRETS
from factory.gates.resources import Resource


class PlainParameters(house.HouseRule):
    """No SSM parameter that a template writes holds a secret: CloudFormation can't write encrypted ones."""

    id = "E9603"
    shortdesc = "No secrets in SSM parameters"
    description = (
        "A parameter of type String is read in plain text by whoever may read parameters, and stays in history."
    )
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html"
    )
    mend = "Provide the ARN of a Secrets Manager secret instead of what is in it."
    controls = NO_PLAIN_SECRETS
    types = frozenset({"AWS::SSM::Parameter"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the name, and for parameters of the launch that are not to be shown."""
        world, value = resource.world, resource.get("Value")
        name = str(resource.get("Name") or resource.name).rpartition("/")[2]
        if secrets.is_secret_name(name) and secrets.is_plain(value, world):
            yield house.Problem(message=f"{name} holds a secret for everybody to read", at="Value")
        if secrets.is_reference(value):
            yield house.Problem(message=f"{name} would hold a secret in plain text", at="Value")
