"""From a product class to an artifact: sections that follow from the parameters, and what is left out."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest
from troposphere import Equals, Sub
from troposphere.ssm import Parameter as SsmParameter

from factory.authoring import ContractValue, Product, Requires, Sized, Stack, Text
from factory.errors import AuthoringError
from factory.synthesis.artifact import synthesize

KEY = ContractValue(product="foundation", name="key-arn", description="The key.")


class Sample(Product):
    """A sample."""

    name = "sample"
    version = "1.0.0"
    size = Sized(
        "Size", group="Sizes", options=(1, 2), sizes={"dev": 1, "test": 1, "qa": 1, "staging": 1, "prod": 2, "dr": 2}
    )
    key = Requires(KEY)
    text = Text("Text", group="First", default="x")

    def build(self, stack: Stack) -> None:
        stack.condition("Unused", Equals(self.key, "none"))
        stack.add(SsmParameter("One", Type="String", Value=self.size))
        stack.add(SsmParameter("Two", Type="String", Value=Sub("${Key} ${Text}")))


def test_the_form_is_grouped_in_the_order_of_the_code() -> None:
    groups = synthesize(Sample).template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert [group["Label"]["default"] for group in groups] == ["Sizes", "Wiring", "First", "Environment and ownership"]


def test_sizes_become_a_mapping_and_a_condition() -> None:
    template = synthesize(Sample).template
    assert template["Mappings"]["Sizing"]["prod"] == {"Size": "2"}
    assert template["Conditions"] == {"SizeIsAuto": {"Fn::Equals": [{"Ref": "Size"}, "auto"]}}


def test_base_parameters_that_nothing_uses_are_left_out() -> None:
    parameters = synthesize(Sample).template["Parameters"]
    assert "Environment" in parameters
    assert parameters.keys().isdisjoint({"PermissionsBoundary", "AssetBucket", "Instance"})


def test_requirements_name_parameter_and_value() -> None:
    assert synthesize(Sample).requires == (("Key", KEY),)


def test_the_digest_is_that_of_the_published_bytes() -> None:
    artifact = synthesize(Sample)
    assert artifact.digest == hashlib.sha256(artifact.body).hexdigest()
    assert dataclasses.replace(artifact, body=artifact.body + b" ").digest != artifact.digest


def test_a_question_that_nothing_uses_is_refused() -> None:
    class Idle(Product):
        """Asks in vain."""

        name = "idle"
        version = "1.0.0"
        asked = Text("Asked")

        def build(self, stack: Stack) -> None:
            stack.add(SsmParameter("One", Type="String", Value="x"))

    with pytest.raises(AuthoringError, match="asks for Asked but never uses it"):
        synthesize(Idle)
