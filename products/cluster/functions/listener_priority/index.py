"""Give each service a free priority on the load balancer's listener, and take it back when the service goes.

Rules with a host stand before rules without, longer paths before shorter ones, so that `/orders/items/*` is not
swallowed by `/orders/*` nor everything by `/*`, whoever was launched first. A priority belongs to whoever made the SSM
parameter of its number: making it is atomic, so launches at the same time can't take the same one.
"""

import hashlib
import os
import time

import boto3
from botocore.config import Config
from custom_resource import answered

LAST_PRIORITY = 50_000
# Literal characters of a path pattern, of which there are at most 128, doubled to tell `/a` from `/a*`.
PATH_RANKS = 2 * 128 + 2
HOST_RANKS = 3
# Each rank has a band of neighbouring priorities to itself.
BAND = LAST_PRIORITY // (PATH_RANKS * HOST_RANKS)
SEARCH_SECONDS = 40
# The weight of a target group that gets every request.
FULL = 100
CLIENT = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "max_attempts": 4})


@answered
def handler(request):
    """Answer Create, Update and Delete of a `Custom::ListenerPriority`.

    Properties: ListenerArn, Paths and Hosts (lists of the rule's patterns), TargetGroups (ARNs of the two that take
    turns; none for a rule whose weights nobody changes). Attributes: Priority; and of the groups FirstWeight and
    SecondWeight, which the rule has now, and Serving, the one that has the greater. The physical id is
    `<listener>/<priority>`, so an update keeps the number while listener and rank stay the same, and CloudFormation
    itself asks to delete a number that an update gave up.
    """
    locks = Locks(boto3.client("ssm", config=CLIENT), request)
    if request["RequestType"] == "Delete":
        locks.release(request["PhysicalResourceId"])
        return request["PhysicalResourceId"], {}
    elbv2 = boto3.client("elbv2", config=CLIENT)
    properties = request["ResourceProperties"]
    old = request.get("OldResourceProperties") if request["RequestType"] == "Update" else None
    weights = traffic(elbv2, properties.get("TargetGroups") or [], old, request.get("PhysicalResourceId"))
    if old and same_place(properties, old):
        physical_id = request["PhysicalResourceId"]
        return physical_id, {"Priority": priority_of(physical_id), **weights}
    listener = properties["ListenerArn"]
    used = priorities_in_use(elbv2, listener)
    priority = locks.take(listener, rank(properties), used)
    return f"{listener_id(listener)}/{priority}", {"Priority": str(priority), **weights}


class Locks:
    """The SSM parameters that stand for taken priorities; each holds who took it."""

    def __init__(self, ssm, request):
        self.ssm = ssm
        self.prefix = os.environ["LOCK_PREFIX"]
        self.owner = f"{request['StackId']}|{request['LogicalResourceId']}"

    def take(self, listener, rank, used):
        """Reserve the first free priority for the rank. Asked again, it gives the one that it gave before."""
        deadline = time.monotonic() + SEARCH_SECONDS
        for priority in candidates(rank, self.owner):
            if time.monotonic() > deadline:
                raise TimeoutError(f"no free listener priority found in {SEARCH_SECONDS} seconds; launch again")
            name = self.name(f"{listener_id(listener)}/{priority}")
            if (priority not in used and self.reserve(name)) or self.owner_of(name) == self.owner:
                return priority
        raise RuntimeError("every priority of the listener is taken")

    def reserve(self, name):
        try:
            self.ssm.put_parameter(
                Name=name,
                Value=self.owner,
                Type="String",
                Overwrite=False,
                Description="Listener priority, taken by the stack that the value names.",
            )
        except self.ssm.exceptions.ParameterAlreadyExists:
            return False
        return True

    def release(self, physical_id):
        """Give a priority back, unless it is somebody else's or nobody's."""
        name = self.name(physical_id)
        if self.owner_of(name) == self.owner:
            try:
                self.ssm.delete_parameter(Name=name)
            except self.ssm.exceptions.ParameterNotFound:
                return

    def owner_of(self, name):
        try:
            return self.ssm.get_parameter(Name=name)["Parameter"]["Value"]
        except self.ssm.exceptions.ParameterNotFound:
            return None

    def name(self, physical_id):
        return f"{self.prefix}/{physical_id}"


def traffic(elbv2, groups, old, physical_id):
    """How the rule that there is divides requests between two target groups: what writes it anew must not undo what
    moved them. All of them go to the first one as long as there is no rule."""
    if not groups:
        return {}
    first, second = groups
    weights = {first: FULL, second: 0}
    if old:
        for rule in rules_of(elbv2, old["ListenerArn"]):
            if rule["Priority"] == priority_of(physical_id):
                shares = shares_of(rule)
                if any(shares.get(group) for group in groups):
                    weights = {group: shares.get(group, 0) for group in groups}
    return {
        "FirstWeight": str(weights[first]),
        "SecondWeight": str(weights[second]),
        "Serving": second if weights[second] > weights[first] else first,
    }


def shares_of(rule):
    """The weights of the target groups that a rule forwards to."""
    for action in rule["Actions"]:
        if action["Type"] == "forward":
            groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
            if groups:
                return {group["TargetGroupArn"]: group.get("Weight", 1) for group in groups}
            return {action["TargetGroupArn"]: FULL}
    return {}


def rules_of(elbv2, listener):
    """The rules that a listener has, made by whomever."""
    for page in elbv2.get_paginator("describe_rules").paginate(ListenerArn=listener):
        yield from page["Rules"]


def priorities_in_use(elbv2, listener):
    """Their priorities."""
    return {int(rule["Priority"]) for rule in rules_of(elbv2, listener) if rule["Priority"] != "default"}


def priority_of(physical_id):
    return physical_id.rpartition("/")[2]


def same_place(new, old):
    """Whether a priority that fitted the old properties fits the new ones."""
    return new["ListenerArn"] == old["ListenerArn"] and rank(new) == rank(old)


def rank(properties):
    """Where a rule stands among all: 0 is the most specific, and of several patterns the broadest counts."""
    hosts, paths = properties.get("Hosts") or [], properties.get("Paths") or ["*"]
    host_rank = (1 if any(wildcard(host) for host in hosts) else 0) if hosts else 2
    literal = min(2 * wildcard_at(path) + (not wildcard(path)) for path in paths)
    return host_rank * PATH_RANKS + PATH_RANKS - 1 - literal


def wildcard(pattern):
    return wildcard_at(pattern) < len(pattern)


def wildcard_at(pattern):
    """How many characters stand before the first wildcard."""
    return min((pattern.index(sign) for sign in "*?" if sign in pattern), default=len(pattern))


def candidates(rank, owner):
    """Every priority in the order to try: the rank's own band from a place that the owner decides, then what follows
    it, then what precedes it."""
    first = 1 + rank * BAND
    start = int.from_bytes(hashlib.sha256(owner.encode()).digest()[:8]) % BAND
    yield from (first + (start + step) % BAND for step in range(BAND))
    yield from range(first + BAND, LAST_PRIORITY + 1)
    yield from range(first - 1, 0, -1)


def listener_id(arn):
    """The part of a listener's ARN that no other listener has."""
    return arn.rpartition("/")[2]
