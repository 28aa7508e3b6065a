"""The fidelity table says what a read-back finds: settings of a rich template, made, changed and removed."""

from __future__ import annotations

from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from factory.sandbox.types import discover_tagged
from factory.sandbox.types.fidelity import fidelity, sets, table
from factory.sandbox.types.plugin import Fidelity
from tests.sandbox.types import (
    cases_audit,
    cases_balancing,
    cases_builds,
    cases_containers,
    cases_edge,
    cases_functions,
    cases_identity,
    cases_images,
    cases_more,
    cases_network,
    cases_plugins,
    cases_storage,
    cases_watching,
)
from tests.sandbox.types.readback import Aws, Case, Properties, lost, outputs, resolved

CASES: tuple[Case, ...] = (
    *cases_network.CASES,
    *cases_plugins.CASES,
    *cases_balancing.CASES,
    *cases_containers.CASES,
    *cases_storage.CASES,
    *cases_watching.CASES,
    *cases_identity.CASES,
    *cases_edge.CASES,
    *cases_images.CASES,
    *cases_functions.CASES,
    *cases_more.CASES,
    *cases_builds.CASES,
    *cases_audit.CASES,
)

STACK_TAG = {"Key": "StackTag", "Value": "of-the-stack"}

# Settings that no describe call shows: what they do is tested beside the type.
SEEN_ELSEWHERE = {
    "AWS::ECR::Repository": {"EmptyOnDelete"},
    "AWS::ECS::Service": {"ForceNewDeployment"},
    "AWS::KMS::Key": {"PendingWindowInDays"},
    "AWS::Route53::RecordSetGroup": {"HostedZoneName"},
}


# A stack is read back as stacks are: tests/sandbox/stacks/test_nested.py.
OF_STACKS = {"AWS::CloudFormation::Stack"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.type} {case.note}".strip())
def test_exactly_the_declared_settings_are_lost(case: Case, stacks: Any, aws: Aws) -> None:
    made = stacks.put("it", case.resources(case.properties), outputs(case.properties))
    assert made == "CREATE_COMPLETE", stacks.reasons("it")
    physical_id = stacks.resource("it", "It")
    given = resolved(case.properties, stacks.outputs("it"))
    found = case.read(aws, physical_id, given)
    assert found is not None
    missing = lost(given, found)
    if case.type in discover_tagged():
        assert not lost({"Tags": [STACK_TAG]}, found), "the stack's own tag did not arrive"

    if case.changed:
        after = case.updated()
        changed = stacks.put("it", case.resources(after), outputs(after))
        assert changed == "UPDATE_COMPLETE", stacks.reasons("it")
        assert stacks.resource("it", "It") == physical_id, "the update replaced the resource"
        before, given = given, resolved(after, stacks.outputs("it"))
        found = case.read(aws, physical_id, given)
        assert found is not None
        missing |= lost(given, found)
        assert not kept(before, given, found), "settings that the template no longer has are still there"

    assert stacks.delete("it") == "DELETE_COMPLETE", stacks.reasons("it")
    assert case.read(aws, physical_id, given) is None

    declared = {path for path in table()[case.type].dropped if sets(case.properties, path.split("."))}
    assert {path for path in missing if not any(is_in(path, known) for known in declared)} == set()
    assert {known for known in declared if not any(is_in(path, known) for path in missing)} == set()


@pytest.mark.parametrize("kind", sorted({case.type for case in CASES}))
def test_every_setting_of_the_schema_is_measured_or_declared(kind: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    read_only = {pointer.split("/")[2] for pointer in schema.get("readOnlyProperties", ()) if pointer.count("/") == 2}
    measured = {name for case in CASES if case.type == kind for name in case.properties}
    declared = {path.partition(".")[0] for path in table()[kind].dropped}

    unknown = set(schema["properties"]) - read_only - measured - declared - SEEN_ELSEWHERE.get(kind, set())

    assert unknown == set()


def test_every_type_is_measured_unless_it_is_only_recorded() -> None:
    backed = {name for name, declared in table().items() if declared.fidelity is not Fidelity.RECORDED}

    assert {case.type for case in CASES} == backed - OF_STACKS


def test_a_partial_type_drops_something_and_a_real_one_nothing() -> None:
    for name, declared in table().items():
        assert bool(declared.dropped) is (declared.fidelity is Fidelity.PARTIAL), name


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        ("AWS::EC2::EIP", {"Domain": "vpc"}, Fidelity.REAL),
        ("AWS::EC2::EIP", {"PublicIpv4Pool": "pool"}, Fidelity.PARTIAL),
        ("AWS::ElasticLoadBalancingV2::ListenerRule", {"Actions": [{"Type": "forward"}]}, Fidelity.REAL),
        ("AWS::ElasticLoadBalancingV2::ListenerRule", {"Actions": [{"ForwardConfig": {}}]}, Fidelity.REAL),
        (
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            {"Actions": [{"ForwardConfig": {"TargetGroupStickinessConfig": {"Enabled": True}}}]},
            Fidelity.PARTIAL,
        ),
        ("AWS::EC2::EIP", {"Fn::If": ["Own", {"Address": "192.0.2.1"}, {}]}, Fidelity.PARTIAL),
        ("AWS::EC2::EIP", {"Address": {"Fn::If": ["Own", "192.0.2.1", {"Ref": "AWS::NoValue"}]}}, Fidelity.PARTIAL),
        ("AWS::EC2::EIP", {"Address": {"Ref": "AWS::NoValue"}}, Fidelity.REAL),
        ("AWS::Logs::QueryDefinition", {}, Fidelity.RECORDED),
        ("AWS::Nobody::Measured", {}, Fidelity.PARTIAL),
        ("Custom::Priority", {}, Fidelity.REAL),
    ],
)
def test_one_resource_is_as_faithful_as_the_settings_it_has(
    kind: str, properties: dict[str, Any], expected: Fidelity
) -> None:
    assert fidelity(kind, properties) is expected


def kept(before: Properties, now: Properties, found: Properties) -> set[str]:
    """Name the settings and tags that the template had before, has no longer, and that can still be read."""
    gone = {name for name in before.keys() - now.keys() if not lost({name: before[name]}, found)}
    for name in ("Tags", "HostedZoneTags"):
        keys = [tag["Key"] for tag in now.get(name) or [] if isinstance(tag, dict)]
        old = [tag for tag in before.get(name) or [] if isinstance(tag, dict) and tag["Key"] not in keys]
        gone |= {f"{name}.{tag['Key']}" for tag in old if not lost({name: [tag]}, found)}
    return gone


def is_in(path: str, declared: str) -> bool:
    """Tell whether a path is a declared one or lies below it."""
    return path == declared or path.startswith(f"{declared}.")
