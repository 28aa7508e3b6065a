"""Launches: requests on provisioned products, followed in the background until the stack has settled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from factory.sandbox.servicecatalog.endpoint import Credentials
from factory.sandbox.servicecatalog.planned import ChangeSet
from factory.sandbox.servicecatalog.stacks import Phase, Place, StackOrder, StackRefused, Stacks, StackView
from factory.sandbox.servicecatalog.state import (
    Output,
    ProvisionedProduct,
    ProvisionedProductStatus,
    Record,
    RecordError,
    RecordStatus,
    Region,
)

_STACK_ARN = "CloudformationStackARN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """In whose name and where the engine is asked: by a launch role, or with the caller's own credentials."""

    region: Region
    account: str
    role_arn: str | None
    credentials: Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch(Mandate):
    """A request under way, told by its record."""

    record_id: str


class AbandonedError(Exception):
    """The catalog was reset while a launch was under way."""


class Launches:
    """The launches of one life of the catalog. Records change only while the catalog's lock is held."""

    def __init__(
        self, *, stacks: Stacks, lock: threading.RLock, clock: Callable[[], float], poll_seconds: float
    ) -> None:
        self._stacks = stacks
        self._lock = lock
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._abandoned = threading.Event()

    def abandon(self) -> None:
        """Let every launch under way end without a trace."""
        self._abandoned.set()

    def provision(self, launch: Launch, order: StackOrder | ChangeSet) -> None:
        """Make a stack; the product becomes AVAILABLE, or ERROR when it was refused or rolled back."""

        def work() -> None:
            place = self.place(launch)
            if isinstance(order, ChangeSet):
                stack_id = self._stacks.carry_out(order, place)
            else:
                stack_id = self._stacks.create(order, place)
            self.note(launch, stack_id, (_stack_output(stack_id),))
            view = self._settled(launch, stack_id, place)
            if view.phase is Phase.DONE:
                self.succeed(launch, _outputs(stack_id, view))
            else:
                self.fail(launch, _resource_failure(view), ProvisionedProductStatus.ERROR)

        self.start(launch, work, ProvisionedProductStatus.ERROR)

    def update(
        self,
        launch: Launch,
        order: StackOrder | ChangeSet,
        stack_id: str,
        changes: dict[str, Any],
        *,
        if_refused: ProvisionedProductStatus,
    ) -> None:
        """Update a stack; the product takes on `changes`, or is TAINTED when the stack was rolled back.

        An update that finds nothing to change succeeds.
        """

        def work() -> None:
            place = self.place(launch)
            if isinstance(order, ChangeSet):
                begun = bool(self._stacks.carry_out(order, place))
            else:
                begun = self._stacks.update(order, place)
            view = self._settled(launch, stack_id, place)
            if view.phase is Phase.DONE or not begun:
                self.succeed(launch, _outputs(stack_id, view), **changes)
            else:
                rolled_back = view.status == "UPDATE_ROLLBACK_COMPLETE"
                status = ProvisionedProductStatus.TAINTED if rolled_back else ProvisionedProductStatus.ERROR
                self.fail(launch, _resource_failure(view), status)

        self.start(launch, work, if_refused)

    def terminate(self, launch: Launch, stack_id: str | None, *, ignore_errors: bool) -> None:
        """Delete a stack and forget the product; it stays, TAINTED, when something could not be deleted.

        Without a stack id there is nothing to delete. With `ignore_errors` it is forgotten in any case.
        """

        def delete() -> None:
            if stack_id is None:
                return
            place = self.place(launch)
            self._stacks.delete(stack_id, place)
            view = self._settled(launch, stack_id, place)
            if view.phase is not Phase.DONE:
                raise StackRefused("ResourceDeletionFailure", view.reason)

        def work() -> None:
            try:
                delete()
            except StackRefused:
                if not ignore_errors:
                    raise
            self.forget(launch)

        self.start(launch, work, ProvisionedProductStatus.TAINTED)

    def adopt(self, launch: Launch, stack_id: str) -> None:
        """Take over a stack that something else made, and what it puts out; the product becomes AVAILABLE."""

        def work() -> None:
            view = self._settled(launch, stack_id, self.place(launch))
            self.succeed(launch, _outputs(stack_id, view))

        self.start(launch, work, ProvisionedProductStatus.ERROR)

    def draw(self, mandate: Mandate, plan_id: str, order: StackOrder, *, is_new: bool) -> None:
        """Draw up a plan's change set; the plan tells what it holds, or why there is none.

        The stack of a plan for a new launch is the product's from then on, empty and under review.
        """

        def draw() -> ChangeSet:
            place = self.place(mandate)
            change_set_id, stack_id = self._stacks.draw(plan_id, order, place, is_new=is_new)
            for _ in self.pauses():
                change_set = self._stacks.drawn(change_set_id, stack_id, place)
                if change_set is not None:
                    return change_set
            raise AbandonedError

        def run() -> None:
            try:
                change_set = draw()
                self._note_plan(mandate.region, plan_id, change_set=change_set, failure=change_set.failure)
            except StackRefused as refused:
                self._note_plan(mandate.region, plan_id, failure=refused.description)
            except AbandonedError:
                return

        threading.Thread(target=run, name=f"plan-{plan_id}", daemon=True).start()

    def place(self, mandate: Mandate) -> Place:
        """Where to ask the engine, in the mandate's name. Raises StackRefused if its role cannot be assumed."""
        if mandate.role_arn is not None:
            return self._stacks.assume(mandate.role_arn, mandate.account, mandate.region.name)
        return Place(account=mandate.account, region=mandate.region.name, credentials=mandate.credentials)

    def _note_plan(self, region: Region, plan_id: str, **changes: Any) -> None:
        with self._lock:
            plan = replace(region.plans[plan_id], drawn=True, updated=self._clock(), **changes)
            region.plans[plan_id] = plan
            if plan.is_new and plan.change_set is not None:
                launched = region.provisioned_products[plan.launched.id]
                region.provisioned_products[launched.id] = replace(launched, physical_id=plan.change_set.stack_id)

    def start(self, launch: Launch, work: Callable[[], None], status_if_refused: ProvisionedProductStatus) -> None:
        """Do the work of a launch in the background; what the engine refuses fails its record."""

        def run() -> None:
            try:
                self.change(launch, RecordStatus.IN_PROGRESS)
                work()
            except StackRefused as refused:
                error = RecordError(code=refused.code, description=refused.description)
                self.fail(launch, error, status_if_refused)
            except AbandonedError:
                return

        threading.Thread(target=run, name=f"launch-{launch.record_id}", daemon=True).start()

    def pauses(self) -> Iterator[None]:
        """Go on as long as the catalog lives, with a pause before each time."""
        while not self._abandoned.wait(self._poll_seconds):
            yield

    def _settled(self, launch: Launch, stack_id: str, place: Place) -> StackView:
        for _ in self.pauses():
            view = self._stacks.look(stack_id, place)
            if view.phase is Phase.FAILING:
                self.change(launch, RecordStatus.IN_PROGRESS_IN_ERROR)
            elif view.phase is not Phase.RUNNING:
                return view
        raise AbandonedError

    def note(self, launch: Launch, physical_id: str, outputs: tuple[Output, ...]) -> None:
        """Write down what there is by now."""
        with self._lock:
            self._record(launch, outputs=outputs)
            self._product(launch, physical_id=physical_id, outputs=outputs)

    def change(self, launch: Launch, status: RecordStatus) -> None:
        """Write down how far a launch is."""
        with self._lock:
            self._record(launch, status=status)

    def succeed(self, launch: Launch, outputs: tuple[Output, ...], **changes: Any) -> None:
        """End a launch well: the product is AVAILABLE, and takes on `changes`."""
        with self._lock:
            self._record(launch, status=RecordStatus.SUCCEEDED, outputs=outputs)
            self._product(
                launch,
                status=ProvisionedProductStatus.AVAILABLE,
                status_message=None,
                last_successful_record_id=launch.record_id,
                outputs=outputs,
                **changes,
            )

    def fail(self, launch: Launch, error: RecordError, status: ProvisionedProductStatus) -> None:
        """End a launch that failed, with what that makes of the product."""
        with self._lock:
            self._record(launch, status=RecordStatus.FAILED, errors=(error,))
            self._product(launch, status=status, status_message=f"{error.code}  {error.description}")

    def forget(self, launch: Launch) -> None:
        """End a termination well: there is no product any more."""
        with self._lock:
            record = self._record(launch, status=RecordStatus.SUCCEEDED)
            launch.region.forget(record.provisioned_product_id)

    def _record(self, launch: Launch, **changes: Any) -> Record:
        records = launch.region.records
        changed = replace(records[launch.record_id], updated=self._clock(), **changes)
        records[launch.record_id] = changed
        return changed

    def _product(self, launch: Launch, **changes: Any) -> ProvisionedProduct:
        products = launch.region.provisioned_products
        identifier = launch.region.records[launch.record_id].provisioned_product_id
        products[identifier] = replace(products[identifier], **changes)
        return products[identifier]


def _resource_failure(view: StackView) -> RecordError:
    # The code was not compared with the real service; clients show the description.
    return RecordError(code="AmazonCloudFormationException", description=f"{view.status}: {view.reason}")


def _stack_output(stack_id: str) -> Output:
    return Output(key=_STACK_ARN, value=stack_id, description="The ARN of the launched Cloudformation Stack")


def _outputs(stack_id: str, view: StackView) -> tuple[Output, ...]:
    return (
        _stack_output(stack_id),
        *(Output(key=key, value=value, description=description) for key, (value, description) in view.outputs.items()),
    )
