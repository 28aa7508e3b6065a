"""How many calls to AWS the commands make.

Service Catalog charges for calls beyond a monthly allowance, and throttles; every call also takes its time. What is
counted are the requests that leave the process, retries included, as `Accounts.calls` counts them. Not counted are the
check of each account's credentials (one sts:GetCallerIdentity an account) and what prepares the accounts, which
`publish` does in the sandbox only: it looks at stacks, roles, parameters and buckets.

Publishing, in one region, on catalogs of one portfolio:
  first publish      all calls from an empty hub to the published catalog
  publish again      all calls of a second run, which finds nothing to change
  plan               all calls of a look at the published catalog
  doctor             all calls of a look at the same catalog and at every account, launches not counted: there are none
  each further …     by how much the figure grows with one more product in an environment, and with one more
                     environment that offers the same products. Averages, since products carry different files.

Launching `foundation` and two systems, and looking at what is there:
  besides watching   the calls that a command makes once
  watching           the calls that it repeats until the launch has ended: two a poll, of which there is one every five
                     seconds on real accounts
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks import table
from benchmarks.projects import ACCOUNTS, Project, project
from factory.synthesis.discovery import discover

PRODUCT = "foundation"
SYSTEM = "fastapi-platform"
LARGE_SYSTEM = "bitbucket-microservices"

_PREPARATION = (
    "cloudformation:",
    "iam:",
    "kms:",
    "s3:GetBucketEncryption",
    "s3:GetBucketPolicy",
    "s3:GetPublicAccessBlock",
    "s3:HeadBucket",
    "ssm:GetParameters",
)
_POLL = "cloudformation:DescribeStackEvents"


def report() -> Iterator[str]:
    """The tables, line by line."""
    yield from _publishing()
    yield ""
    yield from _launching()


def _publishing() -> Iterator[str]:
    products = list(discover(Path.cwd()))
    environments = list(ACCOUNTS)
    sizes = {
        "1 product, 1 environment": ([PRODUCT], environments[:1]),
        f"{len(products)} products, 1 environment": (products, environments[:1]),
        f"{len(products)} products, {len(environments)} environments": (products, environments),
    }
    figures: dict[str, list[int]] = {"first publish": [], "publish again": [], "plan": [], "doctor": []}
    for names, places in sizes.values():
        with project(names, places) as catalog:
            figures["first publish"].append(_published(catalog, "publish", "--yes").total())
            again = _published(catalog, "publish", "--yes")
            figures["publish again"].append(again.total())
            figures["plan"].append(_published(catalog, "plan").total())
            figures["doctor"].append(catalog.run("doctor").calls.total())
    headings = ["calls", *sizes, "each further product", "each further environment"]
    rows = [
        [label, *map(str, counts), *_growth(counts, len(products) - 1, len(environments) - 1)]
        for label, counts in figures.items()
    ]
    yield from table.lines(headings, rows)
    yield ""
    yield f"Of publishing {len(products)} products in {len(environments)} environments again:"
    yield ""
    yield from table.lines(["operation", "calls"], [[name, str(count)] for name, count in sorted(again.items())])


def _growth(counts: list[int], products: int, environments: int) -> list[str]:
    small, middle, large = counts
    return [f"{(middle - small) / products:.1f}", f"{(large - middle) / environments:.1f}"]


def _published(catalog: Project, *command: str) -> Counter[str]:
    calls = catalog.run(*command).calls
    return Counter({name: count for name, count in calls.items() if not name.startswith(_PREPARATION)})


def _launching() -> Iterator[str]:
    with project() as catalog:
        catalog.run("publish", "--yes")
        dev = ("-e", "dev")
        measured = {
            "launch, new": catalog.run("launch", PRODUCT, *dev).calls,
            "launch, nothing to change": catalog.run("launch", PRODUCT, *dev).calls,
            "launch, one parameter changed": catalog.run("launch", PRODUCT, *dev, "-p", "ArchiveDays=400").calls,
            "status, 1 launch": catalog.run("status", *dev).calls,
        }
        launches = len(catalog.run("up", SYSTEM, *dev, "--json").document())
        measured |= {
            f"up, {launches} launches, nothing to change": catalog.run("up", SYSTEM, *dev).calls,
            f"status, {launches} launches": catalog.run("status", *dev).calls,
        }
        catalog.run("down", SYSTEM, *dev)
        large = catalog.run("up", LARGE_SYSTEM, *dev, "--json")
        launches = len(large.document())
        measured |= {
            f"up, {launches} launches, all of them new": large.calls,
            f"up, {launches} launches, nothing to change": catalog.run("up", LARGE_SYSTEM, *dev).calls,
            f"down, {launches} launches": catalog.run("down", LARGE_SYSTEM, *dev).calls,
        }
        catalog.run("launch", PRODUCT, *dev)
        measured["terminate"] = catalog.run("terminate", PRODUCT, *dev).calls
    rows = [[label, str(calls.total() - 2 * calls[_POLL]), _watching(calls)] for label, calls in measured.items()]
    yield from table.lines(["calls", "besides watching", "watching"], rows)


def _watching(calls: Counter[str]) -> str:
    return "2 a poll" if calls[_POLL] else "none"
