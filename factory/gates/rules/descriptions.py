"""House rule: whoever launches is told what each question and each answer means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.rules import RuleMatch

from factory.gates import house


class Descriptions(house.HouseRule):
    """The template, its parameters and its outputs have descriptions."""

    id = "E9804"
    shortdesc = "Descriptions"
    description = "Whoever launches has never seen the code: a question without a text is answered by guessing."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"
    mend = "Give the parameter a `help`, the output a description, and the product a docstring."
    controls = ("nist-800-53/CM-6", "nist-800-53/SA-5", "soc2/CC2.2")

    def subjects(self, template: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 - it is about the whole
        """The template itself."""
        return ["template"]

    def problems(self, template: Mapping[str, Any]) -> Iterator[RuleMatch]:
        """Look at the whole template."""
        if not str(template.get("Description", "")).strip():
            yield RuleMatch(["Description"], "the template has no description")
        for section in ("Parameters", "Outputs"):
            for name, body in template.get(section, {}).items():
                if not str(body.get("Description", "")).strip():
                    yield RuleMatch([section, name], f"{name} has no description")
