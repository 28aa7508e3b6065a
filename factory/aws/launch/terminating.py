"""Launches ended, with everything that they made but what its template retains."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from factory.aws.errors import NOT_FOUND, code_of, translated
from factory.aws.launch.current import Current, find_current
from factory.aws.launch.values import LaunchStatus, Watcher
from factory.aws.launch.watching import watch
from factory.aws.paging import items
from factory.aws.patience import Patience
from factory.aws.requests import token
from factory.aws.session import Accounts
from factory.catalog.model import Place
from factory.catalog.nearest import suggestion
from factory.errors import LaunchError

_ACCOUNT = {"Key": "Account", "Value": "self"}


def terminate(accounts: Accounts, place: Place, name: str, watcher: Watcher) -> None:
    """Terminate a launch and watch it to its end; one that is being terminated already is watched.

    Raises LaunchError where there is no such launch, it is under change, or something could not be deleted.
    """
    catalog = accounts.in_place("servicecatalog", place)
    with translated(f"terminate {name} in {place}"):
        current = find_current(catalog, name)
        if current is None:
            found = items(catalog, "SearchProvisionedProducts", "ProvisionedProducts", AccessLevelFilter=_ACCOUNT)
            names = [item["Name"] for item in found]
            raise LaunchError(f"nothing is launched as {name} in {place}: {suggestion(name, names)}")
        record = _begin(catalog, place, current)
        if record is None:
            return
        ending = watch(accounts, place, record, watcher)
        if not ending.succeeded:
            raise LaunchError(
                f"terminate {name} in {place} failed: {ending.reason}",
                hint=f"mend the cause, then factory terminate {name} -e {place.environment}",
            )


def forget(catalog: Any, launch_id: str, patience: Patience) -> None:
    """Take a launch that made nothing off the list, and wait until it is gone. Raises ClientError."""
    _ask(catalog, launch_id, token("forget", launch_id))

    def gone() -> bool:
        try:
            catalog.describe_provisioned_product(Id=launch_id)
        except ClientError as error:
            if code_of(error) != NOT_FOUND:
                raise
            return True
        return False

    patience.until(gone)


def _begin(catalog: Any, place: Place, current: Current) -> str | None:
    """Ask for the termination unless it is under way, and give the id of the record to follow; None if it is gone."""
    if current.status is LaunchStatus.UNDER_CHANGE:
        record = catalog.describe_record(Id=current.last_record)["RecordDetail"]
        if record.get("RecordType") == "TERMINATE_PROVISIONED_PRODUCT":
            return current.last_record
        raise LaunchError(
            f"terminate {current.name} in {place}: a launch or update of it is under way",
            hint="run it again when that has ended",
        )
    return _ask(catalog, current.id, token("terminate", current.id, current.last_record))


def _ask(catalog: Any, launch_id: str, key: str) -> str | None:
    """Ask for a termination, and give its record's id; None if the launch is gone.

    A request whose answer was lost is repeated, and may by then have had its effect.
    """
    try:
        answer = catalog.terminate_provisioned_product(ProvisionedProductId=launch_id, TerminateToken=key)
    except ClientError as error:
        if code_of(error) != NOT_FOUND:
            raise
        return None
    return str(answer["RecordDetail"]["RecordId"])
