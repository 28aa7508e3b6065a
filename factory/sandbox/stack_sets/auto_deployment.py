"""Service-managed stack sets follow the organization: accounts that come into a unit get stacks, others lose them.

Source: AWS CloudFormation User Guide, "Manage automatic deployments".
"""

from __future__ import annotations

from dataclasses import replace

from factory.sandbox.stack_sets.beginning import operation
from factory.sandbox.stack_sets.organization import SERVICE, Tree
from factory.sandbox.stack_sets.request import Request
from factory.sandbox.stack_sets.state import Action, Instance, InstanceKey, StackSet, State


def members(tree: Tree, units: tuple[str, ...]) -> dict[str, str]:
    """The accounts in organizational units, and the unit by which each is in; a unit that is gone has none."""
    found: dict[str, str] = {}
    for unit in units:
        try:
            found |= {account: unit for account in sorted(tree.accounts_under(unit)) if account not in found}
        except LookupError:
            continue
    return found


def follows(stack_set: StackSet, state: State, tree: Tree) -> bool:
    """Whether a stack set follows changes of an organization."""
    deployment = stack_set.auto_deployment
    access = SERVICE in tree.trusted and stack_set.account in state.organizations_access
    owned = stack_set.account == tree.management_account and not stack_set.deleted
    return owned and access and deployment is not None and deployment.enabled


def follow(request: Request, stack_set: StackSet, tree: Tree) -> None:
    """Begin the operations that bring a stack set's instances in line with who is in its units now.

    Only changes count: an account that a filter left out stays out. Operations queue up behind one under way.
    """
    state = request.state
    now = members(tree, stack_set.organizational_units)
    came = {account: unit for account, unit in now.items() if account not in stack_set.members}
    left = set(stack_set.members) - now.keys()
    if not came and not left:
        return
    state.stack_sets[stack_set.id] = changed = replace(stack_set, members=tuple(now))
    leaving = [instance for instance in state.instances_of(stack_set) if instance.account in left]
    if leaving:
        retain = bool(stack_set.auto_deployment and stack_set.auto_deployment.retain_stacks)
        begun = operation(request, changed, Action.DELETE, retain_stacks=retain, queues=True)
        request.runs.begin(begun, leaving)
    coming = [
        Instance(stack_set_id=stack_set.id, account=account, region=region, overrides={}, organizational_unit=unit)
        for region in stack_set.regions
        for account, unit in came.items()
        if InstanceKey(stack_set.id, account, region) not in state.instances
    ]
    if coming:
        request.runs.begin(operation(request, changed, Action.CREATE, queues=True), coming)
