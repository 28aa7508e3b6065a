"""House rule: secrets that are asked for are never shown again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.rules import RuleMatch

from factory.gates import house, secrets
from factory.gates.branches import Branches


class SecretParameters(house.HouseRule):
    """A parameter that may hold a secret is never shown again, and has no default."""

    id = "E9604"
    shortdesc = "Secret parameters are NoEcho and have no default"
    description = (
        "Without NoEcho, whoever may describe the stack or the launch reads it; a default is one secret for everybody."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds"
    mend = (
        "Better ask for the ARN of a secret, with a pattern that admits nothing else. Otherwise Text(…, secret=True), "
        "without a default."
    )
    controls = ("nist-800-53/IA-5(7)", "nist-800-53/IA-6", "soc2/CC6.1", "pci-dss/8.6.2")

    def subjects(self, template: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 - it is about the whole
        """The template itself."""
        return ["template"]

    def problems(self, template: Mapping[str, Any]) -> Iterator[RuleMatch]:
        """Look at the parameters alone."""
        branches = Branches(template)
        for name, body in template.get("Parameters", {}).items():
            hidden = str(body.get("NoEcho", "false")).lower() == "true"
            named = secrets.is_secret_name(name) and "AllowedValues" not in body and body.get("Type") != "Number"
            if named and not hidden and secrets.may_hold_secret(branches.given(name)):
                yield RuleMatch(["Parameters", name], f"{name} may hold a secret and is shown")
            if (hidden or named) and body.get("Default", "") != "" and not _is_key(body):
                yield RuleMatch(["Parameters", name, "Default"], f"{name} has a default that everybody knows")


def _is_key(body: Mapping[str, Any]) -> bool:
    """Whether the default is only the name of what holds the value."""
    return str(body.get("Type", "")).startswith("AWS::SSM::")
