"""What an action has at hand while it is carried out, and how actions find the code that does so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, singledispatch
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.artifacts import ArtifactStore
from factory.aws.errors import NOT_FOUND, code_of
from factory.aws.ids import Ids
from factory.aws.patience import Patience
from factory.aws.requests import token
from factory.aws.session import Accounts
from factory.catalog.model import Digest, Place
from factory.errors import CatalogError
from factory.planning.actions import Action
from factory.synthesis.artifact import Artifact


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One place, and what is needed to work there."""

    place: Place
    accounts: Accounts
    ids: Ids
    store: ArtifactStore
    artifacts: Mapping[Digest, Artifact]
    patience: Patience
    sharing: Lock
    """Held during a share action: Service Catalog takes one at a time of the hub, whatever the portfolio."""

    @property
    def hub(self) -> Any:
        """Service Catalog in the hub."""
        return self.accounts.in_hub("servicecatalog", self.place.region)

    @property
    def environment(self) -> Any:
        """Service Catalog in the environment's account."""
        return self.accounts.in_place("servicecatalog", self.place)

    def create(self, call: Callable[..., str], exists: Callable[[str], bool], *key: object) -> str:
        """Create something under a token that depends on its key only, and give its id once it can be read.

        `call` takes the token and gives the id; `exists` is asked about that id until it says yes. A second run that
        could not yet see what the first one made so gets the same thing. A token may, however, be remembered for
        longer than what it made exists; then the answer names something that never appears, and another token is
        used. How long Service Catalog remembers tokens is not documented.
        """
        for generation in range(2):
            identifier = call(IdempotencyToken=token(self.place, *key, generation))
            if self.patience.until(partial(exists, identifier), NOT_FOUND):
                return identifier
        raise CatalogError(
            f"{identifier} was created but cannot be read",
            operation="Describe",
            code=NOT_FOUND,
            hint="run the same command again in a few minutes",
        )


@singledispatch
def carry_out(action: Action, at: Context) -> None:
    """Do in AWS what an action says. Raises ClientError or CatalogError."""
    raise TypeError(f"no code carries out {type(action).__name__} at {at.place}")


def unless_gone(call: Callable[..., Any], **parameters: Any) -> None:
    """Make a removing call; that the thing is gone already is as good."""
    try:
        call(**parameters)
    except ClientError as error:
        if code_of(error) != NOT_FOUND:
            raise
