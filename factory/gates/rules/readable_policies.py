"""House rule: every policy document can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from factory.gates import house, policies
from factory.gates.resources import Resource

_EFFECTS = {"Allow", "Deny"}


class ReadablePolicies(policies.PolicyRule):
    """Every policy document stands in the template so that each of its statements can be read."""

    id = "E9302"
    shortdesc = "Readable policies"
    description = (
        "What nobody can read nobody has reviewed: a policy that is put together out of pieces, or handed in by "
        "whoever launches, may grant anything."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
    mend = "Write the policy with document(...) and allow(...) of factory.authoring.policy."
    controls = ("nist-800-53/AC-3", "nist-800-53/CM-3", "soc2/CC6.3", "soc2/CC8.1")
    purposes = frozenset(policies.Purpose)

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[house.Problem]:
        """Look for what is no document, and for statements that are none."""
        document = part
        if isinstance(part, str):
            try:
                document = json.loads(part)
            except ValueError:
                document = None
        if not isinstance(document, Mapping) or not document.get("Statement"):
            yield house.Problem(message=f"{path} of {resource.name} is no policy document that can be read")
            return
        statements = document["Statement"]
        for position, statement in enumerate(statements if isinstance(statements, list) else [statements], start=1):
            if not isinstance(statement, Mapping):
                yield house.Problem(message=f"statement {position} can't be read")
                continue
            if statement.get("Effect") not in _EFFECTS:
                yield house.Problem(message=f"statement {position} has no effect that can be read")
            if not statement.get("Action") and not statement.get("NotAction"):
                yield house.Problem(message=f"statement {position} names no actions")
