"""Amazon CloudWatch Logs: saved queries."""

from __future__ import annotations

import uuid

from factory.sandbox.types.plugin import Made, Request
from factory.sandbox.types.recorded import recorded


def _query(_request: Request, physical_id: str | None) -> Made:
    made = physical_id or str(uuid.uuid4())
    return Made(physical_id=made, attributes={"QueryDefinitionId": made})


TYPES = (recorded("AWS::Logs::QueryDefinition", _query),)
