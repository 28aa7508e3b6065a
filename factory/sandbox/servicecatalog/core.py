"""Operations in, results out: the catalog without HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from factory.sandbox.serialization import UnreadableError, held_if_possible, read, write
from factory.sandbox.servicecatalog import interruption
from factory.sandbox.servicecatalog.endpoint import Endpoint
from factory.sandbox.servicecatalog.errors import ServiceError, invalid
from factory.sandbox.servicecatalog.identity import Caller, ResolveIdentity, caller, identity_by_sts
from factory.sandbox.servicecatalog.model import Model
from factory.sandbox.servicecatalog.organizations import OrganizationOf
from factory.sandbox.servicecatalog.provisioning import Launches
from factory.sandbox.servicecatalog.reach import follow
from factory.sandbox.servicecatalog.registry import Operation, all_operations
from factory.sandbox.servicecatalog.request import Delays, Request
from factory.sandbox.servicecatalog.stacks import Stacks
from factory.sandbox.servicecatalog.state import Answered, Region, State, TokenKey

# Answered by the front of every AWS service, whatever a service's own model lists.
_COMMON = frozenset({"ValidationException", "SerializationException", "ThrottlingException"})


class ServiceCatalog:
    """The catalog of every account and region, launching at the emulator behind `endpoint_url`.

    `resolve_identity` turns an access key that is no account id into (account id, ARN), raising LookupError for
    an unknown one; without it the emulator's STS is asked. `organization_of` gives the organization that an account
    is in; without it there is none. `clock` answers seconds since the epoch.
    """

    def __init__(
        self,
        *,
        endpoint_url: str,
        resolve_identity: ResolveIdentity | None = None,
        organization_of: OrganizationOf = lambda _account: None,
        clock: Callable[[], float] = time.time,
        delays: Delays | None = None,
        system_tags: bool = False,
    ) -> None:
        self.model = Model()
        self._endpoint = Endpoint(endpoint_url)
        self._resolve_identity = resolve_identity or identity_by_sts(self._endpoint)
        self._organization_of = organization_of
        self._clock = clock
        self._delays = delays or Delays()
        self._stacks = Stacks(self._endpoint, system_tags=system_tags)
        self._operations = all_operations()
        self._lock = threading.RLock()
        self._begin()

    @property
    def operations(self) -> frozenset[str]:
        """The AWS operations that are supported."""
        return frozenset(self._operations)

    def caller(self, access_key: str, region: str, session_token: str | None = None) -> Caller:
        """The caller behind an access key. Raises UnrecognizedClientException for an unknown one."""
        try:
            return caller(access_key, region, session_token, self._resolve_identity)
        except LookupError as error:
            raise ServiceError(
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
                status=403,
            ) from error

    def handle(self, operation: str, parameters: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
        """Carry out an operation and answer its result, as plain data with times in epoch seconds.

        Raises ServiceError with a code that the model lists for the operation, or one that AWS's services have
        in common. An operation that exists in AWS but not here is answered as one that does not exist.
        """
        implementation = self._operations.get(operation)
        if implementation is None or not self.model.knows(operation):
            raise ServiceError(
                "UnknownOperationException", f"{operation} is not supported by the sandbox's Service Catalog."
            )
        accepted = self.model.accept(operation, parameters)
        try:
            with self._lock:
                return self.model.answer(operation, self._run(implementation, accepted, caller))
        except ServiceError as error:
            if error.code in self.model.error_codes(operation) | _COMMON:
                raise
            raise ServiceError("ValidationException", error.message) from error

    def tags(self, identifier: str, region: str) -> tuple[str, Mapping[str, str]] | None:
        """Give the account and the tags of a portfolio or product; None where there is none of that id."""
        with self._lock:
            tables = self._state.region(region)
            found = tables.portfolios.get(identifier) or tables.products.get(identifier)
            return (found.account, found.tags) if found else None

    def reset(self) -> None:
        """Forget everything; launches under way end quietly, and what they made is the emulator's to drop."""
        with self._lock:
            self._launches.abandon()
            self._begin()

    def busy(self) -> bool:
        """Tell whether a launch or a plan is under way."""
        return any(interruption.under_way(region) for region in list(self._state.regions.values()))

    def save(self, left_out: Callable[[str], None]) -> Any:
        """Give everything as JSON-able data; what is under way counts as failed, and is followed no more."""
        self._launches.abandon()
        with held_if_possible(self._lock):
            for region in self._state.regions.values():
                interruption.interrupt(region, self._clock())
            return write(self._state, left_out)

    def restore(self, saved: Any) -> None:
        """Take back what `save` gave. Raises UnreadableError."""
        state = read(saved)
        if not isinstance(state, State):
            raise UnreadableError("no state of a catalog")
        with self._lock:
            self._state = state

    def _begin(self) -> None:
        self._state = State()
        self._launches = Launches(
            stacks=self._stacks,
            lock=self._lock,
            clock=self._clock,
            poll_seconds=self._delays.poll_seconds,
        )

    def _run(self, operation: Operation, parameters: Mapping[str, Any], caller: Caller) -> Mapping[str, Any]:
        region, now = self._state.region(caller.region), self._clock()
        follow(self._state, self._organization_of, now)
        request = Request(
            operation=operation.name,
            caller=caller,
            now=now,
            state=self._state,
            region=region,
            endpoint=self._endpoint,
            stacks=self._stacks,
            launches=self._launches,
            organization_of=self._organization_of,
            delays=self._delays,
        )
        if operation.token is None or operation.token not in parameters:
            return operation.run(request, parameters)
        return _once(region, operation, request, parameters)


def _once(region: Region, operation: Operation, request: Request, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first answer again for a repeated token, which must come with the parameters of the first time.

    A token counts as long as what it did still stands: when the thing that it made is deleted, or what it removed
    is there again, the request is a new one. For how long AWS itself keeps a token is not documented; dropping it
    no later than this lets a deterministic token make a thing anew.
    """
    key = TokenKey(request.account, operation.name, parameters[str(operation.token)])
    text = json.dumps(parameters, sort_keys=True)
    answered = region.answered.get(key)
    if answered is None or not _stands(answered, region):
        before = region.things()
        result = operation.run(request, parameters)
        after = region.things()
        region.answered[key] = Answered(parameters=text, result=result, made=after - before, removed=before - after)
        return result
    if answered.parameters != text:
        raise invalid(f"The token {key.token} was used before with other parameters.")
    return answered.result


def _stands(answered: Answered, region: Region) -> bool:
    """Whether something that a request made is left, and nothing that it removed is back."""
    launched = answered.result.get("RecordDetail", answered.result).get("ProvisionedProductId")
    if launched is not None:
        return launched in region.provisioned_products
    things = region.things()
    return not answered.removed & things and (not answered.made or bool(answered.made & things))
