"""Answers CloudFormation for a custom resource, whichever way the function that stands behind it ends.

Every custom resource's function carries this module in its archive.
"""

import functools
import json
import logging
import urllib.request
from collections.abc import Callable
from typing import Any

Request = dict[str, Any]

# Names a resource whose creation failed, so that its deletion is known to have nothing to delete.
NEVER_MADE = "never-made:"
REASON_CHARACTERS = 1000
TIMEOUT_SECONDS = 10

log = logging.getLogger()
log.setLevel(logging.INFO)


def answered(act: Callable[[Request], tuple[str, dict[str, Any]]]) -> Callable[[Request, Any], None]:
    """Turn `act` into a Lambda handler that tells CloudFormation how it ended.

    `act` gets CloudFormation's request and gives the physical id and what `Fn::GetAtt` reads; whatever it raises
    becomes the reason of the failure. It is not asked to delete a resource whose creation failed, and may be asked
    twice for the same thing.
    Source: CloudFormation User Guide, "Custom resource request and response reference".
    """

    @functools.wraps(act)
    def handler(request: Request, _context: Any) -> None:
        kind, title, physical_id = (
            request["RequestType"],
            request["LogicalResourceId"],
            request.get("PhysicalResourceId", NEVER_MADE + request["RequestId"]),
        )
        outcome: dict[str, Any] = {"Status": "SUCCESS", "PhysicalResourceId": physical_id}
        try:
            if kind != "Delete" or not physical_id.startswith(NEVER_MADE):
                outcome["PhysicalResourceId"], outcome["Data"] = act(request)
        except Exception as error:
            log.exception("%s of %s failed", kind, title)
            reason = f"{type(error).__name__}: {error}"[:REASON_CHARACTERS]
            outcome = {"Status": "FAILED", "PhysicalResourceId": physical_id, "Reason": reason}
        # Outside the `try`: an answer that does not arrive fails the call, and Lambda calls again.
        send(request, outcome)
        log.info("%s of %s: %s", kind, title, outcome["Status"])

    return handler


def send(request: Request, outcome: dict[str, Any]) -> None:
    """Put an outcome where CloudFormation waits for it."""
    body = {name: request[name] for name in ("StackId", "RequestId", "LogicalResourceId")} | outcome
    # The address is signed for an empty content type.
    answer = urllib.request.Request(  # noqa: S310 - the address is CloudFormation's own
        request["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    with urllib.request.urlopen(answer, timeout=TIMEOUT_SECONDS):  # noqa: S310
        pass
