"""IAM Access Analyzer: analyzers, which are checked and remembered. Nothing is analyzed, as the emulator has no such
service."""

from __future__ import annotations

from factory.sandbox.types.alone import others
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Made, Request
from factory.sandbox.types.recorded import recorded
from factory.sandbox.types.refusal import RefusedError

_ANALYZER = "AWS::AccessAnalyzer::Analyzer"


def _analyzer(request: Request, physical_id: str | None) -> Made:
    """An account has one analyzer of external access in a region (IAM User Guide, "IAM Access Analyzer quotas")."""
    if physical_id is None and request.properties["Type"] == "ACCOUNT" and others(request, _ANALYZER):
        raise RefusedError("Can only have 1 ACCOUNT analyzer", code="ServiceQuotaExceededException")
    name = request.properties.get("AnalyzerName") or generated_name(request)
    arn = physical_id or f"arn:aws:access-analyzer:{request.region}:{request.account}:analyzer/{name}"
    return Made(physical_id=arn, attributes={"Arn": arn})


TYPES = (recorded(_ANALYZER, _analyzer),)
