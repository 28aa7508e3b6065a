"""Values drawn from what each product's form admits: all of them launch or are refused by a rule, nothing in between.

The draws are few in an ordinary run; `HYPOTHESIS_PROFILE=thorough` makes many. Values that name what stands outside
(ARNs, domain names, contract paths) are not drawn: nothing of that name would exist.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, WaiterError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factory.synthesis.artifact import Artifact, synthesize
from tests.command import Command, copy_portfolios
from tests.conftest import shipped

pytestmark = pytest.mark.exhaustive

settings.register_profile("quick", max_examples=4)
settings.register_profile("thorough", max_examples=60)
BUCKET = "drawn-templates"
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "quick")

BASE = ("foundation", "network", "cluster", "image-repository")
ORDER = (
    *BASE,
    "security-baseline",
    "microservice-public",
    "microservice-internal",
    "queue",
    "function",
    "worker",
    "scheduled-job",
    "ci-access",
    "delivery-pipeline",
)
FIXED = {
    "Environment": "dev",
    "Instance": "drawn",
    "HomeRegion": "this",
    "DomainName": "drawn.dev.example.com",
    "Balancer": "internet-facing",
    "BlockedCountries": "CN,RU",
    "OutsideRange": "10.200.0.0/16",
    "PagerEndpoint": "https://events.example.com/key",
    "EventPattern": '{"source": ["aws.s3"]}',
    "Schedule": "rate(5 minutes)",
    "TimeZone": "America/New_York",
    "Settings": '{"level": "debug"}',
    **dict.fromkeys(("Kafka", "TestAccess"), "vpc"),
    "ConnectionArn": "arn:aws:codeconnections:us-east-1:222222222222:connection/11111111-2222-3333-4444-555555555555",
    "Repository": "owner/name",
    **dict.fromkeys(("CodeBucket", "CodeKey", "ImageUri", "ImageRepository", "SourceQueue", "Client"), ""),
}
FOUND = {"delivery-pipeline": {"ServiceName": "main"}}
"""By product, the names by which it finds others that stand there."""
REFERENCES = re.compile(r"arn:|\.env\)")
"""Patterns of values that name something outside the template."""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    directory = tmp_path_factory.mktemp("domains")
    copy_portfolios(directory)
    command = Command(directory)
    command("publish", "--sandbox", "--yes", "-e", "dev")
    yield command
    command("sandbox", "stop")


@pytest.fixture(scope="module")
def account(catalog: Command) -> Account:
    for product in BASE:
        catalog("launch", product, "-e", "dev", "--sandbox")
    return Account(catalog)


def values(artifact: Artifact) -> st.SearchStrategy[dict[str, str]]:
    """Parameter values from the domain that the template declares."""
    domains = {
        name: domain
        for name, declared in artifact.template["Parameters"].items()
        if name not in FIXED.keys() | FOUND.get(artifact.product, {}).keys()
        and (domain := _domain(declared)) is not None
    }
    return st.fixed_dictionaries({}, optional=domains)


def _domain(declared: dict[str, Any]) -> st.SearchStrategy[str] | None:
    if "SSM" in declared["Type"]:
        return None
    if "AllowedValues" in declared:
        return st.sampled_from(declared["AllowedValues"])
    if declared["Type"] == "Number":
        return st.integers(declared["MinValue"], declared["MaxValue"]).map(str)
    pattern = declared.get("AllowedPattern", "")
    if not pattern or REFERENCES.search(pattern):
        return None
    ascii_only = st.characters(min_codepoint=32, max_codepoint=126)
    return st.from_regex(re.compile(pattern), fullmatch=True, alphabet=ascii_only).filter(lambda text: len(text) < 120)


@pytest.mark.parametrize("product", ORDER)
def test_what_the_form_admits_launches_or_breaks_a_rule(product: str, account: Account) -> None:
    artifact = synthesize(shipped()[product])

    @settings(
        settings.get_profile(PROFILE),
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(values(artifact))
    def launches(drawn: dict[str, str]) -> None:
        launched = account.launch(artifact, drawn)
        assert launched in {"CREATE_COMPLETE", "refused by a rule"}, json.dumps(drawn)

    launches()


@pytest.mark.parametrize("product", ORDER)
def test_what_the_form_does_not_admit_is_refused_before_anything_is_made(product: str, account: Account) -> None:
    artifact = synthesize(shipped()[product])
    before = account.stacks()
    for name, declared in artifact.template["Parameters"].items():
        if "SSM" in declared["Type"]:
            continue
        if "AllowedValues" in declared or declared.get("AllowedPattern"):
            wrong = "\u00a7 not a value \u00a7"
        elif declared["Type"] == "Number":
            wrong = str(declared["MaxValue"] + 1)
        else:
            continue
        assert account.launch(artifact, {name: wrong}).startswith("refused: "), name
    assert account.stacks() == before


class Account:
    """The dev account, in which what others build on stands as it is by default."""

    def __init__(self, catalog: Command) -> None:
        sandbox = catalog.json("sandbox", "status")
        self._settings = {
            "endpoint_url": sandbox["endpoint"],
            "aws_access_key_id": sandbox["accounts"]["dev"],
            "aws_secret_access_key": sandbox["accounts"]["dev"],
            "region_name": "us-east-1",
        }
        self._cloudformation = boto3.client("cloudformation", **self._settings)
        self._s3 = boto3.client("s3", **self._settings)
        self._s3.create_bucket(Bucket=BUCKET)
        self._number = itertools.count()

    def stacks(self) -> set[str]:
        """The stacks that exist."""
        pages = self._cloudformation.get_paginator("describe_stacks").paginate()
        return {stack["StackId"] for page in pages for stack in page["Stacks"]}

    def launch(self, artifact: Artifact, drawn: dict[str, str]) -> str:
        """Launch beside the default launch, take it down again, and tell how it ended."""
        known = artifact.template["Parameters"]
        fixed = dict(FIXED)
        if artifact.product.startswith("microservice-") or artifact.finds:
            # It finds what it builds on by instance; its own name tells it from other launches.
            name = f"drawn-{next(self._number)}"
            fixed |= {"Instance": "main", "ServiceName": name, "FunctionName": name, **FOUND.get(artifact.product, {})}
        chosen = {**{name: value for name, value in fixed.items() if name in known}, **drawn}
        # A name of its own, as what the stack retains may carry it.
        stack = f"drawn-{artifact.product}-{next(self._number)}"
        self._s3.put_object(Bucket=BUCKET, Key=artifact.product, Body=artifact.body)
        try:
            self._cloudformation.create_stack(
                StackName=stack,
                TemplateURL=f"https://{BUCKET}.s3.us-east-1.amazonaws.com/{artifact.product}",
                Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in chosen.items()],
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
        except ClientError as error:
            message = error.response["Error"]["Message"]
            return "refused by a rule" if " rule " in message else f"refused: {message}"
        if not self._ended(stack, "stack_create_complete"):
            return self._failures(stack)
        self._cloudformation.delete_stack(StackName=stack)
        if not self._ended(stack, "stack_delete_complete"):
            # Only what protects itself may stay, and only where the draw asked for that.
            return "CREATE_COMPLETE" if "protection" in self._failures(stack).lower() else self._failures(stack)
        return "CREATE_COMPLETE"

    def _ended(self, stack: str, state: str) -> bool:
        try:
            waiter = self._cloudformation.get_waiter(state)
            waiter.wait(StackName=stack, WaiterConfig={"Delay": 0.2, "MaxAttempts": 600})
        except WaiterError:
            return False
        return True

    def _failures(self, stack: str) -> str:
        events = self._cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
        return "; ".join(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed)
