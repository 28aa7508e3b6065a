"""Resource types that no service of the emulator stands behind: checked, named and remembered by the stack only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType


def recorded(name: str, identify: Callable[[Request, str | None], Made]) -> ResourceType:
    """Give a resource type whose resources exist in their stack only.

    `identify` gives the resource's return values; it gets the physical id that an update has to keep, None when the
    resource is new, and may refuse what the service would refuse.
    """

    def create(request: Request) -> Made:
        return identify(request, None)

    def update(request: Request, physical_id: str, _old: Mapping[str, Any]) -> Made:
        return identify(request, physical_id)

    def delete(_request: Request, _physical_id: str) -> None:
        """Nothing stands behind the record."""

    return ResourceType(name=name, fidelity=Fidelity.RECORDED, create=create, update=update, delete=delete)
