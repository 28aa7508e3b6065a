"""Amazon GuardDuty: detectors, which are checked and remembered. Nothing is detected, as the emulator has no such
service."""

from __future__ import annotations

import secrets

from factory.sandbox.types.alone import others
from factory.sandbox.types.plugin import Made, Request
from factory.sandbox.types.recorded import recorded
from factory.sandbox.types.refusal import RefusedError

_DETECTOR = "AWS::GuardDuty::Detector"


def _detector(request: Request, physical_id: str | None) -> Made:
    if physical_id is None and others(request, _DETECTOR):
        message = "The request is rejected because a detector already exists for the current account."
        raise RefusedError(message, code="BadRequestException")
    made = physical_id or secrets.token_hex(16)
    return Made(physical_id=made, attributes={"Id": made})


TYPES = (recorded(_DETECTOR, _detector),)
