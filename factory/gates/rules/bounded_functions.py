"""House rule: a function takes only its share."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings


class BoundedFunctions(settings.SettingsRule):
    """Every function has a reserved concurrency."""

    id = "E9716"
    shortdesc = "Functions have a concurrency of their own"
    description = (
        "One function that runs away takes all executions of the account, and every other function stands still."
    )
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"
    mend = "Set ReservedConcurrentExecutions; python_function takes `concurrency`."
    controls = ("nist-800-53/SC-5", "nist-800-53/SC-6", "soc2/A1.1")
    wanted: ClassVar = {"AWS::Lambda::Function": {"ReservedConcurrentExecutions": settings.anything()}}
