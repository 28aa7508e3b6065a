"""Makes, changes and removes the resources of a stack: by a plug-in where there is one, else by the emulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from factory.authoring.actions import Handler
from factory.sandbox import demands
from factory.sandbox.clients import Clients
from factory.sandbox.emulator import Outcome, Resource
from factory.sandbox.stacks import existence, names, permissions, removal
from factory.sandbox.stacks.account import Account
from factory.sandbox.stacks.schemas import Schemas
from factory.sandbox.types.plugin import Fill, Made, Request, ResourceType


class StackProvisioner:
    """The `Provisioner` of the sandbox."""

    def __init__(
        self,
        *,
        types: Mapping[str, ResourceType],
        fills: Mapping[str, Fill],
        clients: Clients,
        schemas: Schemas,
    ) -> None:
        self._types = types
        self._fills = fills
        self._clients = clients
        self._schemas = schemas

    def create(self, resource: Resource, native: Callable[[], Outcome], discard: Callable[[str], None]) -> Outcome:
        """Make the resource once its properties are right, by their schema, a free name, and what they refer to.

        Its caller has to be allowed what the type's handler does; so for changes and removal.
        """
        self._check(resource, Handler.CREATE)
        if (plugin := self._types.get(resource.type)) is not None:
            return _outcome(plugin.create(self._request(resource)))
        physical_id, attributes = native()
        if (fill := self._fills.get(resource.type)) is not None:
            try:
                fill.apply(self._request(resource), physical_id, {})
            except Exception:
                discard(physical_id)
                raise
        return physical_id, self._attributes(resource, attributes)

    def update(self, resource: Resource, native: Callable[[], Outcome]) -> Outcome:
        """Change the resource, or make its successor; the engine deletes the predecessor when all went well."""
        old = resource.old_properties or {}
        is_replaced = self._schemas.replaces(resource.type, resource.region, old, resource.properties)
        if is_replaced and (name := names.kept(resource.type, resource.properties, old)):
            raise ValueError(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name} and update the stack again."
            )
        self._check(resource, Handler.CREATE if is_replaced else Handler.UPDATE)
        if (plugin := self._types.get(resource.type)) is None:
            physical_id, attributes = native()
            if (fill := self._fills.get(resource.type)) is not None:
                fill.apply(self._request(resource), physical_id, old if physical_id == resource.physical_id else {})
            return physical_id, self._attributes(resource, attributes)
        if plugin.update is None or is_replaced:
            return _outcome(plugin.create(self._request(resource)))
        return _outcome(plugin.update(self._request(resource), resource.physical_id or "", old))

    def delete(self, resource: Resource, native: Callable[[], None]) -> None:
        """Remove the resource if nothing stands in the way."""
        if obstacle := removal.obstacle(resource, self._account(resource)):
            raise ValueError(obstacle)
        permissions.check(resource, Handler.DELETE, self._account(resource))
        if (plugin := self._types.get(resource.type)) is None:
            native()
        else:
            plugin.delete(self._request(resource), resource.physical_id or "")

    def _check(self, resource: Resource, handler: Handler) -> None:
        if problems := self._schemas.problems(resource.type, resource.region, resource.properties):
            raise ValueError(
                f"Properties validation failed for resource {resource.logical_id} with message:\n" + "\n".join(problems)
            )
        account = self._account(resource)
        permissions.check(resource, handler, account)
        if taken := names.taken(resource.type, resource.properties, resource.old_properties, account):
            raise ValueError(taken)
        if absent := list(existence.problems(resource.type, resource.properties, account)):
            raise ValueError("; ".join(absent))
        is_new = handler is Handler.CREATE
        demands.check(replace(resource, physical_id=None) if is_new else resource, account)

    def _attributes(self, resource: Resource, given: Mapping[str, Any]) -> dict[str, Any]:
        """The emulator's attributes, and those that are the very settings of the template, some of which it forgets."""
        settings = {
            name: value
            for name, value in resource.properties.items()
            if isinstance(value, str) and self._schemas.has_attribute(resource.type, resource.region, name)
        }
        return {**settings, **given}

    def _account(self, resource: Resource) -> Account:
        return Account(id=resource.account, region=resource.region, clients=self._clients)

    def _request(self, resource: Resource) -> Request:
        return Request(
            logical_id=resource.logical_id,
            properties=resource.properties,
            stack_name=resource.stack_name,
            account=resource.account,
            region=resource.region,
            client=self._account(resource).client,
            as_caller=lambda service: self._as_caller(resource, service),
        )

    def _as_caller(self, resource: Resource, service: str) -> Any:
        principal = resource.caller()
        access_key = resource.account if principal is None else principal.access_key
        return self._clients.get(service, account=access_key, region=resource.region)


def _outcome(made: Made) -> Outcome:
    return made.physical_id, dict(made.attributes)
