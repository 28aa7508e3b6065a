"""House rule: functions run on runtimes that are supported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

from factory.gates import house
from factory.gates.controls import STILL_SUPPORTED
from factory.gates.resources import Resource
from factory.gates.unknowns import Given

AS_OF = date(2026, 11, 25)
"""The day on which runtimes were last looked at; the same template is told the same on every day."""


class LambdaRuntimes(house.HouseRule):
    """Every function runs on a runtime that AWS still supports."""

    id = "E9714"
    shortdesc = "Supported Lambda runtimes"
    description = "A runtime that is no longer supported gets no fixes, and some time later functions can't be changed."
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
    mend = "Move to a later runtime of the language; parts.functions.python_function is up to date."
    controls = STILL_SUPPORTED
    types = frozenset({"AWS::Lambda::Function"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the runtime; a function from an image has none."""
        runtime = resource.get("Runtime")
        if isinstance(runtime, Given):
            old = [name for name, day in deprecations().items() if day <= AS_OF and runtime.admits(name)]
            if old:
                yield house.Problem(message=f"{runtime} may be {old[0]}, which is not supported", at="Runtime")
        elif isinstance(runtime, str) and deprecations().get(runtime, date.max) <= AS_OF:
            yield house.Problem(
                message=f"{runtime} has not been supported since {deprecations()[runtime]}", at="Runtime"
            )


@cache
def deprecations() -> dict[str, date]:
    """When each runtime is or was deprecated, as cfn-lint has it from the Lambda Developer Guide."""
    from cfnlint.data import AdditionalSpecs
    from cfnlint.helpers import load_resource

    found = load_resource(AdditionalSpecs, "LmbdRuntimeLifecycle.json")
    return {name: date.fromisoformat(body["deprecated"]) for name, body in found.items() if body["deprecated"]}
