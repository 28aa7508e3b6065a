"""Launches and plans under way when the sandbox stops: those that do not end in time count as failed."""

from __future__ import annotations

from dataclasses import replace

from factory.sandbox.servicecatalog.state import (
    ProvisionedProductStatus,
    RecordError,
    RecordStatus,
    RecordType,
    Region,
)

REASON = "The sandbox was stopped while this was under way."

_ENDED = frozenset({RecordStatus.SUCCEEDED, RecordStatus.FAILED})
# What was there before goes on being there.
_TAINTED = frozenset({RecordType.UPDATE, RecordType.TERMINATE})


def under_way(region: Region) -> bool:
    """Tell whether a launch or a plan of the region is being worked on."""
    # Other threads add to the tables meanwhile.
    return any(record.status not in _ENDED for record in list(region.records.values())) or any(
        not plan.drawn for plan in list(region.plans.values())
    )


def interrupt(region: Region, now: float) -> None:
    """Let every launch and plan under way have failed, and say why; a launch can be updated or terminated then."""
    for record in list(region.records.values()):
        if record.status in _ENDED:
            continue
        error = RecordError(code="InternalFailure", description=REASON)
        region.records[record.id] = replace(record, status=RecordStatus.FAILED, updated=now, errors=(error,))
        launched = region.provisioned_products.get(record.provisioned_product_id)
        if launched is not None:
            tainted = record.type in _TAINTED
            region.provisioned_products[launched.id] = replace(
                launched,
                status=ProvisionedProductStatus.TAINTED if tainted else ProvisionedProductStatus.ERROR,
                status_message=f"{error.code}  {error.description}",
            )
    for plan in list(region.plans.values()):
        if not plan.drawn:
            region.plans[plan.id] = replace(plan, drawn=True, updated=now, failure=REASON)
