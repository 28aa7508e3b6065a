"""House rule: no condition that can never hold."""

from __future__ import annotations

from collections.abc import Iterator

from factory.authoring import sources
from factory.gates import house, policies
from factory.gates.resources import Resource


class UnmetConditions(policies.PolicyRule):
    """No service is asked for a source that it never names."""

    id = "E9305"
    shortdesc = "Conditions on services can hold"
    description = (
        "Some services do not say for whom they act. A condition on it keeps them out without a word: events do not "
        "arrive, roles are not taken on, deployments stand still."
    )
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
    mend = (
        "Give the service a statement of its own without the condition; factory.authoring.sources says which services "
        "that are and why it is safe, and service_trust knows them."
    )
    controls = ("nist-800-53/AC-3", "nist-800-53/CP-10", "soc2/CC6.1", "soc2/A1.2")
    purposes = frozenset({policies.Purpose.TRUST, policies.Purpose.RESOURCE})

    def check_statement(self, resource: Resource, statement: policies.Statement) -> Iterator[house.Problem]:
        """Look at what a statement that lets services in asks of them."""
        asked = sorted({key for _, key, _ in statement.conditions if key in sources.SOURCE_KEYS})
        if not statement.allows or not asked:
            return
        for kind, value in statement.principals:
            if kind == "Service" and policies.is_sourceless(resource, statement, value):
                message = f"{policies.named(statement)} asks {value} for {', '.join(asked)}, which it does not tell"
                yield house.Problem(message=message)
