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
CLIENT = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "max_attempts": 4})


@answered
def handler(request):
    """Answer Create, Update and Delete of a `Custom::ListenerPriority`.

    Properties: ListenerArn, Paths and Hosts (lists of the rule's patterns). Attribute: Priority. The physical id is
    `<listener>/<priority>`, so an update keeps the number while listener and rank stay the same, and CloudFormation
    itself asks to delete a number that an update gave up.
    """
    locks = Locks(boto3.client("ssm", config=CLIENT), request)
    if request["RequestType"] == "Delete":
        locks.release(request["PhysicalResourceId"])
        return request["PhysicalResourceId"], {}
    properties = request["ResourceProperties"]
    if request["RequestType"] == "Update" and same_place(properties, request["OldResourceProperties"]):
        physical_id = request["PhysicalResourceId"]
        return physical_id, {"Priority": physical_id.rpartition("/")[2]}
    listener = properties["ListenerArn"]
    used = priorities_in_use(boto3.client("elbv2", config=CLIENT), listener)
    priority = locks.take(listener, rank(properties), used)
    return f"{listener_id(listener)}/{priority}", {"Priority": str(priority)}


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


def priorities_in_use(elbv2, listener):
    """The priorities of the rules that the listener has, made by whomever."""
    pages = elbv2.get_paginator("describe_rules").paginate(ListenerArn=listener)
    return {int(rule["Priority"]) for page in pages for rule in page["Rules"] if rule["Priority"] != "default"}


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
