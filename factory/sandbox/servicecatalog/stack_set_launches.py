"""Launches under a STACKSET constraint, followed in the background until their stack set has settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from factory.sandbox.servicecatalog.provisioning import AbandonedError, Launch, Launches
from factory.sandbox.servicecatalog.stack_sets import OperationView, Reach, StackSetOrder, StackSets
from factory.sandbox.servicecatalog.stacks import Phase, Place, StackRefused
from factory.sandbox.servicecatalog.state import Output, ProvisionedProductStatus, RecordError, RecordStatus

# The key is an assumption, made after that of stacks.
_STACK_SET_ARN = "CloudformationStackSetARN"


class StackSetLaunches:
    """What `Launches` does with stacks, done with stack sets.

    An operation that fails in no more accounts than is tolerated is a success. That a launch whose first operation
    fails is in ERROR, though some of its stacks may have been made, and one whose update fails TAINTED, was not
    compared with the real service.
    """

    def __init__(self, launches: Launches, stack_sets: StackSets) -> None:
        self._launches = launches
        self._stack_sets = stack_sets

    def provision(self, launch: Launch, order: StackSetOrder) -> None:
        """Make a stack set and its instances; the product becomes AVAILABLE, or ERROR."""

        def work() -> None:
            place = self._launches.place(launch)
            arn = self._stack_sets.create(order, place)
            self._launches.note(launch, arn, _outputs(arn))
            begun = self._stack_sets.create_instances(identifier(arn), order.reach, place)
            self._end(launch, arn, self._settled(launch, arn, begun, place), ProvisionedProductStatus.ERROR)

        self._launches.start(launch, work, ProvisionedProductStatus.ERROR)

    def update(self, launch: Launch, order: StackSetOrder, arn: str, changes: dict[str, Any]) -> None:
        """Update a stack set and its instances; the product takes on `changes`, or is TAINTED."""
        self._operate(launch, arn, lambda place: self._stack_sets.update(order, place), changes)

    def create_instances(self, launch: Launch, reach: Reach, arn: str) -> None:
        """Make further instances; a product in which that fails is TAINTED."""
        self._operate(launch, arn, lambda place: self._stack_sets.create_instances(identifier(arn), reach, place), {})

    def delete_instances(self, launch: Launch, reach: Reach, arn: str) -> None:
        """Delete some of the instances; a product in which that fails is TAINTED."""
        self._operate(launch, arn, lambda place: self._stack_sets.delete_instances(identifier(arn), reach, place), {})

    def terminate(self, launch: Launch, arn: str | None, *, ignore_errors: bool) -> None:
        """Delete a stack set with its stacks and forget the product; it stays, TAINTED, where that fails.

        Without an ARN there is nothing to delete. With `ignore_errors` it is forgotten in any case.
        """

        def delete() -> None:
            if arn is None:
                return
            place = self._launches.place(launch)
            begun = self._stack_sets.delete_all_instances(identifier(arn), place)
            if begun is not None:
                view = self._settled(launch, arn, begun, place)
                if view.failed or view.phase is not Phase.DONE:
                    raise StackRefused("ResourceDeletionFailure", view.reason)
            self._stack_sets.delete(identifier(arn), place)

        def work() -> None:
            try:
                delete()
            except StackRefused:
                if not ignore_errors:
                    raise
            self._launches.forget(launch)

        self._launches.start(launch, work, ProvisionedProductStatus.TAINTED)

    def _operate(self, launch: Launch, arn: str, begin: Callable[[Place], str], changes: dict[str, Any]) -> None:
        def work() -> None:
            place = self._launches.place(launch)
            view = self._settled(launch, arn, begin(place), place)
            self._end(launch, arn, view, ProvisionedProductStatus.TAINTED, **changes)

        self._launches.start(launch, work, ProvisionedProductStatus.TAINTED)

    def _settled(self, launch: Launch, arn: str, operation_id: str, place: Place) -> OperationView:
        for _ in self._launches.pauses():
            view = self._stack_sets.look(identifier(arn), operation_id, place)
            if view.phase is Phase.FAILING:
                self._launches.change(launch, RecordStatus.IN_PROGRESS_IN_ERROR)
            elif view.phase is not Phase.RUNNING:
                return view
        raise AbandonedError

    def _end(
        self, launch: Launch, arn: str, view: OperationView, if_failed: ProvisionedProductStatus, **changes: Any
    ) -> None:
        if view.phase is Phase.DONE:
            self._launches.succeed(launch, _outputs(arn), **changes)
        else:
            # The code was not compared with the real service; clients show the description.
            error = RecordError(code="AmazonCloudFormationException", description=view.reason)
            self._launches.fail(launch, error, if_failed)


def identifier(arn: str) -> str:
    """The id of a stack set, name and all, in its ARN."""
    return arn.partition(":stackset/")[2]


def _outputs(arn: str) -> tuple[Output, ...]:
    return (Output(key=_STACK_SET_ARN, value=arn, description="The ARN of the launched Cloudformation Stack Set"),)
