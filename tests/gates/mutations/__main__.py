"""Prints the table of mutations and how many of each kind are caught: `python -m tests.gates.mutations`."""

from __future__ import annotations

import sys
from collections import defaultdict

from factory.synthesis.artifact import synthesize
from tests.conftest import shipped
from tests.gates.mutations.catch import Outcome, outcomes


def main() -> int:
    """Print it; leave with 1 where something is missed."""
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for product in shipped().values():
        for outcome in outcomes(synthesize(product)):
            kinds[outcome.mutation.kind].append(outcome)
    width = max(map(len, kinds))
    print(f"{'mutation':{width}}  caught  by")
    for kind, found in sorted(kinds.items()):
        caught = [outcome.rule for outcome in found if outcome.rule]
        print(f"{kind:{width}}  {len(caught):3}/{len(found):<3} {' '.join(sorted(set(caught)))}")
    missed = [outcome for found in kinds.values() for outcome in found if outcome.rule is None]
    for outcome in missed:
        print(f"missed: {outcome.product}/{outcome.mutation.resource}: {outcome.mutation.kind}")
    total = sum(map(len, kinds.values()))
    print(f"{total - len(missed)} of {total} mutations caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
