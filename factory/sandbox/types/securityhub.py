"""AWS Security Hub: hub and standards, which are checked and remembered. Nothing is looked at, as the emulator has no
such service."""

from __future__ import annotations

from datetime import UTC, datetime

from factory.sandbox.types.alone import others
from factory.sandbox.types.plugin import Made, Request
from factory.sandbox.types.recorded import recorded
from factory.sandbox.types.refusal import RefusedError

_HUB = "AWS::SecurityHub::Hub"
_STANDARD = "AWS::SecurityHub::Standard"


def _hub(request: Request, physical_id: str | None) -> Made:
    if physical_id is None and others(request, _HUB):
        raise RefusedError("Account is already subscribed to Security Hub", code="ResourceConflictException")
    arn = f"arn:aws:securityhub:{request.region}:{request.account}:hub/default"
    return Made(physical_id=arn, attributes={"ARN": arn, "SubscribedAt": datetime.now(UTC).isoformat()})


def _standard(request: Request, physical_id: str | None) -> Made:
    """A standard is one of the region's own, or of none where it is the old ruleset; the account has it once."""
    asked = str(request.properties["StandardsArn"])
    prefix, _, name = asked.partition("::standards/")
    if prefix != f"arn:aws:securityhub:{request.region}" and not asked.startswith("arn:aws:securityhub:::ruleset/"):
        raise RefusedError(f"{asked} is no standard of {request.region}", code="InvalidInputException")
    if physical_id is None and not others(request, _HUB):
        message = f"Account {request.account} is not subscribed to AWS Security Hub"
        raise RefusedError(message, code="InvalidAccessException")
    name = name or asked.partition("ruleset/")[2]
    arn = f"arn:aws:securityhub:{request.region}:{request.account}:subscription/{name}"
    if physical_id is None and arn in others(request, _STANDARD):
        raise RefusedError(f"{arn} is enabled already", code="ResourceConflictException")
    return Made(physical_id=arn, attributes={"StandardsSubscriptionArn": arn})


TYPES = (recorded(_HUB, _hub), recorded(_STANDARD, _standard))
