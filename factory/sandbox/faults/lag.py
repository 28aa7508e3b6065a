"""Service Catalog's reads that lag behind its writes: what was made a moment ago is not seen yet.

A new thing is known by its id, an association by the ids on both its ends. A call that names all of them gets
ResourceNotFoundException; in lists, items that complete them are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_Path = tuple[str, ...]

# What the calls make, in their answers.
_MADE: Mapping[str, _Path] = {
    "CreateConstraint": ("ConstraintDetail", "ConstraintId"),
    "CreatePortfolio": ("PortfolioDetail", "Id"),
    "CreateProduct": ("ProductViewDetail", "ProductViewSummary", "ProductId"),
    "CreateProvisioningArtifact": ("ProvisioningArtifactDetail", "Id"),
    "CreateServiceAction": ("ServiceActionDetail", "ServiceActionSummary", "Id"),
    "CreateTagOption": ("TagOptionDetail", "Id"),
}
# What the calls bring together, in their requests.
_JOINED: Mapping[str, tuple[_Path, ...]] = {
    "AssociateBudgetWithResource": (("BudgetName",), ("ResourceId",)),
    "AssociatePrincipalWithPortfolio": (("PortfolioId",), ("PrincipalARN",)),
    "AssociateProductWithPortfolio": (("PortfolioId",), ("ProductId",)),
    "AssociateServiceActionWithProvisioningArtifact": (("ProvisioningArtifactId",), ("ServiceActionId",)),
    "AssociateTagOptionWithResource": (("ResourceId",), ("TagOptionId",)),
}
WRITES = frozenset({*_MADE, *_JOINED, "AcceptPortfolioShare", "CreatePortfolioShare"})
# Reads, and the writes that look up what they are about.
_LOOKS = ("Describe", "Get", "List", "Scan", "Search", "Associate", "Accept", "CreateConstraint", "ProvisionProduct")


@dataclass(slots=True, kw_only=True)
class _Hidden:
    ids: frozenset[str]
    write: str
    until: float | None
    reads: int | None


class Lag:
    """What isn't seen yet. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._hidden: list[_Hidden] = []
        self._known: set[tuple[str, frozenset[str]]] = set()
        self.missed = 0
        """How many reads missed something so far."""

    def hide(
        self,
        operation: str,
        account: str,
        request: Mapping[str, Any],
        answer: Mapping[str, Any],
        *,
        seconds: float | None,
        reads: int | None,
    ) -> None:
        """Hide what a call has made for so many seconds or reads. Repeating the call does not hide it again."""
        ids = frozenset(_made(operation, account, request, answer))
        if ids and (operation, ids) not in self._known:
            self._known.add((operation, ids))
            until = None if seconds is None else self._clock() + seconds
            self._hidden.append(_Hidden(ids=ids, write=operation, until=until, reads=reads))

    def refuses(self, operation: str, account: str, request: Mapping[str, Any]) -> bool:
        """Whether a call names something that isn't seen yet."""
        named = {account, *_texts(request)}
        hidden = [thing for thing in self._looked_at(operation) if thing.ids <= named]
        self._felt(hidden)
        return bool(hidden)

    def without(self, operation: str, account: str, request: Mapping[str, Any], answer: Any) -> Any:
        """A call's answer without the list items that are not seen yet."""
        named = {account, *_texts(request)}
        felt: list[_Hidden] = []
        things = list(self._looked_at(operation))

        def is_seen(item: Any) -> bool:
            hidden = [thing for thing in things if thing.ids <= named.union(_texts(item))]
            felt.extend(thing for thing in hidden if thing not in felt)
            return not hidden

        def kept(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: kept(item) for key, item in value.items()}
            if isinstance(value, list):
                return [kept(item) for item in value if is_seen(item)]
            return value

        seen = kept(answer) if things else answer
        self._felt(felt)
        return seen

    def _looked_at(self, operation: str) -> Iterator[_Hidden]:
        now = self._clock()
        self._hidden = [
            thing for thing in self._hidden if (thing.until is None or thing.until > now) and thing.reads != 0
        ]
        if operation.startswith(_LOOKS):
            yield from (thing for thing in self._hidden if thing.write != operation)

    def _felt(self, hidden: list[_Hidden]) -> None:
        self.missed += bool(hidden)
        for thing in hidden:
            if thing.reads is not None:
                thing.reads -= 1


def _made(operation: str, account: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    if operation in _MADE:
        yield _at(answer, _MADE[operation])
    elif operation == "AcceptPortfolioShare":
        yield from (request["PortfolioId"], account)
    elif operation == "CreatePortfolioShare":
        yield from (request["PortfolioId"], request.get("AccountId") or _at(request, ("OrganizationNode", "Value")))
    elif operation in _JOINED:
        yield from (_at(request, path) for path in _JOINED[operation])


def _at(data: Mapping[str, Any], path: _Path) -> str:
    found: Any = data
    for key in path:
        found = found[key]
    return str(found)


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for item in data.values():
            yield from _texts(item)
    elif isinstance(data, list):
        for item in data:
            yield from _texts(item)
