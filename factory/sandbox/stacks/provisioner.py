"""Makes, changes and removes the resources of a stack: by a plug-in where there is one, else by the emulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from factory.sandbox.clients import Clients
from factory.sandbox.emulator import Outcome, Resource
from factory.sandbox.stacks.schemas import Schemas
from factory.sandbox.types.plugin import Made, Request, ResourceType


class StackProvisioner:
    """The `Provisioner` of the sandbox."""

    def __init__(self, *, types: Mapping[str, ResourceType], clients: Clients, schemas: Schemas) -> None:
        self._types = types
        self._clients = clients
        self._schemas = schemas

    def create(self, resource: Resource, native: Callable[[], Outcome]) -> Outcome:
        """Make the resource once its properties agree with its schema."""
        self._schemas.check(resource)
        if (plugin := self._types.get(resource.type)) is None:
            return native()
        return _outcome(plugin.create(self._request(resource)))

    def update(self, resource: Resource, native: Callable[[], Outcome]) -> Outcome:
        """Change the resource, or make its successor; the engine deletes the predecessor when all went well."""
        self._schemas.check(resource)
        if (plugin := self._types.get(resource.type)) is None:
            return native()
        old = resource.old_properties or {}
        if plugin.update is None or self._schemas.replaces(resource):
            return _outcome(plugin.create(self._request(resource)))
        return _outcome(plugin.update(self._request(resource), resource.physical_id or "", old))

    def delete(self, resource: Resource, native: Callable[[], None]) -> None:
        """Remove the resource."""
        if (plugin := self._types.get(resource.type)) is None:
            native()
        else:
            plugin.delete(self._request(resource), resource.physical_id or "")

    def _request(self, resource: Resource) -> Request:
        return Request(
            logical_id=resource.logical_id,
            properties=resource.properties,
            stack_name=resource.stack_name,
            account=resource.account,
            region=resource.region,
            client=lambda service: self._clients.get(service, account=resource.account, region=resource.region),
        )


def _outcome(made: Made) -> Outcome:
    return made.physical_id, dict(made.attributes)
