"""Amazon EventBridge Scheduler: what the emulator's schedules lose of their template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.plugin import Fill, Request


def _fill_schedule(request: Request, name: str, _old: Mapping[str, Any]) -> None:
    """Write the whole schedule again: an update of the service's takes back what it doesn't name."""
    scheduler = request.client("scheduler")
    scheduler.update_schedule(**arguments(scheduler, "UpdateSchedule", {**request.properties, "Name": name}))


FILLS = (Fill(name="AWS::Scheduler::Schedule", apply=_fill_schedule),)
