"""Resources of stacks that fail or take long, in front of whatever makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from factory.sandbox.emulator import Outcome, Provisioner, Resource
from factory.sandbox.faults.settings import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class HurtProvisioner:
    """A `Provisioner` that asks `hurt` before each step; what that raises fails the resource before any effect."""

    inner: Provisioner
    hurt: Callable[[Resource, Step], None]

    def create(self, resource: Resource, native: Callable[[], Outcome], discard: Callable[[str], None]) -> Outcome:
        """Make the resource, unless it fails."""
        self.hurt(resource, Step.CREATE)
        return self.inner.create(resource, native, discard)

    def update(self, resource: Resource, native: Callable[[], Outcome]) -> Outcome:
        """Change the resource, unless it fails."""
        self.hurt(resource, Step.UPDATE)
        return self.inner.update(resource, native)

    def delete(self, resource: Resource, native: Callable[[], None]) -> None:
        """Remove the resource, unless it fails."""
        self.hurt(resource, Step.DELETE)
        self.inner.delete(resource, native)
