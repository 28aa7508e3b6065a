"""What the security baseline makes in which account, region and environment, and what its roles may do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from factory.authoring.actions import arn_formats
from factory.synthesis.artifact import Artifact
from products.parts.audit_alarms import WATCHED, Level, Watched
from products.parts.config_rules import BUCKET_RULES, GROUP_RULES, LOOKED
from products.parts.findings import HIGH_THREATS, MEDIUM_THREATS
from products.security_baseline import SecurityBaseline
from tests.products.launching import ACCOUNT, Launched, allowed

SERVICES = {
    "CloudTrail": {"AWS::CloudTrail::Trail", "AWS::Logs::MetricFilter"},
    "GuardDuty": {"AWS::GuardDuty::Detector"},
    "SecurityHub": {"AWS::SecurityHub::Hub", "AWS::SecurityHub::Standard"},
    "Config": {
        "AWS::Config::ConfigRule",
        "AWS::Config::ConfigurationRecorder",
        "AWS::Config::DeliveryChannel",
        "AWS::Config::RemediationConfiguration",
    },
    "AccessAnalyzer": {"AWS::AccessAnalyzer::Analyzer"},
}
PEOPLE = {"AWS::IAM::Group", "AWS::IAM::ManagedPolicy"}
TRAIL = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/platform-dev-trail-main"
LARGEST_PATTERN = 1024
"""Characters of a filter pattern (CloudWatch Logs API Reference, "PutMetricFilter")."""


def launched(**given: str) -> Launched:
    return Launched(SecurityBaseline, **given)


def made(**given: str) -> set[str]:
    """Those of the services' types of which a launch makes any."""
    launch = launched(**given)
    return {kind for kind in set().union(PEOPLE, *SERVICES.values()) if launch.of_type(kind)}


def test_everything_is_on_by_default_but_changes_nothing() -> None:
    assert made() == set().union(*SERVICES.values())
    function = launched()["Responder"]
    assert function["Environment"]["Variables"]["DRY_RUN"] == "true"


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_what_the_organization_manages_is_not_made(service: str) -> None:
    assert made(**{service: "organization"}) == set().union(*SERVICES.values()) - SERVICES[service]


def test_without_records_of_its_own_there_is_no_key_or_bucket() -> None:
    launch = launched(CloudTrail="organization", Config="organization")
    assert launch.of_type("AWS::KMS::Key") == launch.of_type("AWS::S3::Bucket") == {}
    assert set(launched(CloudTrail="organization").of_type("AWS::S3::Bucket")) == {"ConfigBucket"}


def test_a_further_region_has_no_trail_and_does_not_look_at_iam_again() -> None:
    launch = launched(HomeRegion="eu-west-1", Environment="prod")
    assert made(HomeRegion="eu-west-1", Environment="prod") == (
        set().union(*SERVICES.values()) - SERVICES["CloudTrail"]
    )
    group = launch["Recorder"]["RecordingGroup"]
    assert (group["AllSupported"], group["IncludeGlobalResourceTypes"]) == (True, False)
    assert set(launch.of_type("AWS::Config::ConfigRule")) == {item.title for item in LOOKED if not item.of_account}


@pytest.mark.parametrize("home", ["this", "us-east-1"])
def test_the_home_region_records_everything(home: str) -> None:
    launch = launched(HomeRegion=home)
    assert launch["Recorder"]["RecordingGroup"] == {"AllSupported": True, "IncludeGlobalResourceTypes": True}
    assert launch["Trail"]["IsMultiRegionTrail"] is launch["Trail"]["EnableLogFileValidation"] is True
    assert set(launch.of_type("AWS::Config::ConfigRule")) == {item.title for item in LOOKED}


@pytest.mark.parametrize(("environment", "days"), [("dev", "30"), ("staging", "90"), ("prod", "2557"), ("dr", "2557")])
def test_the_trail_is_locked_for_as_long_as_the_environment_asks(environment: str, days: str) -> None:
    bucket = launched(Environment=environment)["TrailBucket"]
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": days}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == "2557"
    assert rule["Transitions"] == [{"StorageClass": "GLACIER", "TransitionInDays": 90}]


def test_config_delivers_to_a_bucket_without_a_lock() -> None:
    assert "ObjectLockConfiguration" not in launched()["ConfigBucket"]


def test_recorder_and_channel_do_not_wait_for_each_other(artifacts: dict[str, Artifact]) -> None:
    resources = artifacts["security-baseline"].template["Resources"]
    for title in ("Recorder", "Channel"):
        assert resources[title]["DependsOn"] == ["Claim", "ConfigBucketPolicy"]
    for looked in LOOKED:
        assert resources[looked.title]["DependsOn"] == ["Recorder", "Channel"]


def test_nothing_of_a_service_is_made_before_the_account_is_claimed(artifacts: dict[str, Artifact]) -> None:
    resources = artifacts["security-baseline"].template["Resources"]

    def waits(title: str, seen: frozenset[str] = frozenset()) -> bool:
        if title == "Claim":
            return True
        body = resources[title]
        named = body.get("DependsOn", [])
        after = {named} if isinstance(named, str) else set(named)
        after |= _references(body)
        return any(waits(one, seen | {title}) for one in after & resources.keys() - seen)

    kinds = set().union(*SERVICES.values()) | {"AWS::S3::Bucket", "AWS::KMS::Key"}
    assert [title for title, body in resources.items() if body["Type"] in kinds and not waits(title)] == []


def _references(node: Any) -> set[str]:
    match node:
        case {"Ref": str(name)}:
            return {name}
        case {"Fn::GetAtt": [str(name), *_]}:
            return {name}
        case dict():
            return set().union(*map(_references, node.values()), set())
        case list():
            return set().union(*map(_references, node), set())
    return set()


def test_only_this_trail_writes_to_its_bucket_and_key() -> None:
    launch = launched()
    writes = allowed(launch["TrailBucketPolicy"]["PolicyDocument"])
    assert {name: item["Condition"]["StringEquals"]["aws:SourceArn"] for name, item in writes.items()} == {
        "CloudTrailLooks": TRAIL,
        "CloudTrailWrites": TRAIL,
    }
    key = allowed(launch["AuditKey"]["KeyPolicy"])
    assert key["EncryptTrail"]["Condition"]["StringEquals"] == {"aws:SourceArn": TRAIL}
    # Whoever may use the environment's key does not read what is recorded by it.
    assert not {"kms:Encrypt", "kms:GenerateDataKey"} & set(key["ReadInThisAccount"]["Action"])


@pytest.mark.parametrize("compliance", ["none", "soc2", "pci-dss", "gdpr", "hipaa"])
def test_standards_follow_what_the_account_is_held_to(compliance: str) -> None:
    found = [
        item["StandardsArn"] for item in launched(Compliance=compliance).of_type("AWS::SecurityHub::Standard").values()
    ]
    assert {arn.partition("standards/")[2] for arn in found} == {
        "aws-foundational-security-best-practices/v/1.0.0",
        "cis-aws-foundations-benchmark/v/3.0.0",
        *({"pci-dss/v/4.0.1"} if compliance == "pci-dss" else set()),
    }
    assert all(arn.startswith("arn:aws:securityhub:us-east-1::") for arn in found)


@pytest.mark.parametrize("environment", ["dev", "test", "qa", "staging", "prod", "dr"])
def test_people_need_a_second_factor_in_production(environment: str) -> None:
    launch = launched(Environment=environment)
    policies = launch.of_type("AWS::IAM::ManagedPolicy")
    assert bool(policies) is (environment in {"prod", "dr"})
    for policy in policies.values():
        (denied,) = allowed(policy["PolicyDocument"], "Deny").values()
        assert denied["Condition"] == {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
        # With what stays allowed, nobody gets beyond their own second factor.
        assert all(action.startswith("iam:") or action == "sts:GetSessionToken" for action in denied["NotAction"])
        assert "iam:CreateAccessKey" not in denied["NotAction"]


def test_a_dry_run_may_change_nothing() -> None:
    changing = {
        "ec2:CreateSecurityGroup",
        "ec2:CreateTags",
        "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
        "ecs:StopTask",
        "s3:PutBucketPublicAccessBlock",
    }

    def may(dry_run: str) -> set[str]:
        (policy,) = launched(DryRun=dry_run)["ResponderRole"]["Policies"]
        return {action for item in allowed(policy["PolicyDocument"]).values() for action in item["Action"]}

    assert may("false") - may("true") == changing
    assert not may("true") & changing


@pytest.mark.parametrize(("dry_run", "automatic"), [("true", False), ("false", True)])
def test_runbooks_start_by_themselves_only_after_the_dry_run(dry_run: str, automatic: bool) -> None:
    found = launched(DryRun=dry_run).of_type("AWS::Config::RemediationConfiguration")
    assert len(found) == 3
    assert {item["Automatic"] for item in found.values()} == {automatic}
    assert {"MaximumAutomaticAttempts" in item for item in found.values()} == {automatic}


def test_each_kind_of_breach_is_mended_in_one_place() -> None:
    by_function = {*BUCKET_RULES, *GROUP_RULES}
    assert by_function <= {item.title for item in LOOKED}
    assert not by_function & {item.title for item in LOOKED if item.mend}


def test_threats_reach_one_topic_by_their_severity() -> None:
    (high,), (medium,) = (found.pattern["detail"]["severity"] for found in (HIGH_THREATS, MEDIUM_THREATS))
    assert (high["numeric"], medium["numeric"]) == ([">=", 7], [">=", 4, "<", 7])


def test_every_alarm_reports_and_has_a_filter_of_its_own() -> None:
    launch = launched()
    filters = launch.of_type("AWS::Logs::MetricFilter")
    assert len(filters) == len(WATCHED) == 15
    for watched in WATCHED:
        (change,) = filters[f"{watched.title}Filter"]["MetricTransformations"]
        alarm = launch[watched.title]
        assert (change["MetricNamespace"], change["MetricName"]) == (alarm["Namespace"], alarm["MetricName"])
        assert len(watched.pattern) <= LARGEST_PATTERN
        assert watched.pattern.count("(") == watched.pattern.count(")")
    critical = {watched.title for watched in WATCHED if watched.level is Level.CRITICAL}
    assert {"RootIsUsed", "TrailChanges", "KeysGoAway", "ConfigChanges", "ConsoleWithoutMfa"} == critical


# CloudTrail calls these otherwise than IAM does.
_EVENTS = {f"{verb}Bucket{kind}" for verb in ("Put", "Delete") for kind in ("Cors", "Lifecycle", "Replication")}


@pytest.mark.parametrize("watched", WATCHED, ids=lambda watched: watched.title)
def test_events_of_a_pattern_are_calls_of_its_service(watched: Watched) -> None:
    """A mistyped name would never ring."""
    if found := re.search(r"eventSource = (\w+)\.amazonaws\.com", watched.pattern):
        events = set(re.findall(r"eventName = (\w+)", watched.pattern)) - _EVENTS
        assert events
        for event in events:
            # Raises KeyError for an unknown one.
            arn_formats(f"{found[1]}:{event}")
