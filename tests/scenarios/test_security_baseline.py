"""An account of two regions gets its security baseline: one trail, one look at IAM, and no second launch."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.command import Command, share_gates
from tests.scenarios import project

pytestmark = pytest.mark.slow

PRODUCTS = ("foundation", "security-baseline")
HOME, FURTHER = "us-east-1", "eu-west-1"
TRAIL = "platform-dev-trail-main"


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project of the two products; the tests build on each other, from top to bottom."""
    directory = tmp_path_factory.mktemp("baseline")
    (directory / "portfolios").mkdir()
    accounts = project.environments("dev", dev={"regions": [HOME, FURTHER]})
    offered = project.portfolio("dev", products={name: {"dev": "current"} for name in PRODUCTS})
    (directory / "portfolios/environments.yaml").write_text(accounts)
    (directory / "portfolios/teams.yaml").write_text(offered)
    share_gates(directory)
    command = Command(directory)
    command("publish", "--sandbox", "--yes")
    for region in (HOME, FURTHER):
        command("launch", "foundation", "-e", "dev", "--region", region, "--sandbox")
    yield command
    command("sandbox", "stop")


def launch(factory: Command, region: str, *parameters: str, name: str = "security-baseline", code: int = 0) -> str:
    given = [item for pair in parameters for item in ("-p", pair)]
    place = ("-e", "dev", "--region", region, "--name", name, "--sandbox")
    return factory("launch", "security-baseline", *place, *given, code=code).stderr


def test_a_recorder_of_somebody_else_is_in_the_way_and_the_launch_says_what_to_do(factory: Command) -> None:
    config = factory.client("config", "dev", HOME)
    config.put_configuration_recorder(ConfigurationRecorder={"name": "theirs", "roleARN": "arn:aws:iam::1:role/x"})
    told = launch(factory, HOME, code=1)
    assert "AWS Config records here already, by the recorder theirs: launch with Config=organization" in told
    assert factory.client("cloudtrail", "dev", HOME).describe_trails()["trailList"] == []
    config.delete_configuration_recorder(ConfigurationRecorderName="theirs")
    factory("terminate", "security-baseline", "-e", "dev", "--region", HOME, "--sandbox", "--yes")


def test_a_further_region_waits_for_the_home_region(factory: Command) -> None:
    told = launch(factory, FURTHER, f"HomeRegion={HOME}", code=1)
    assert f"launch the security baseline in {HOME} first" in told
    factory("terminate", "security-baseline", "-e", "dev", "--region", FURTHER, "--sandbox", "--yes")


def test_the_account_is_recorded_and_watched(factory: Command) -> None:
    launch(factory, HOME)
    cloudtrail, config = (factory.client(name, "dev", HOME) for name in ("cloudtrail", "config"))
    (trail,) = cloudtrail.describe_trails()["trailList"]
    assert (trail["Name"], trail["IsMultiRegionTrail"], trail["LogFileValidationEnabled"]) == (TRAIL, True, True)
    assert cloudtrail.get_trail_status(Name=TRAIL)["IsLogging"]
    lock = factory.client("s3", "dev", HOME).get_object_lock_configuration(Bucket=trail["S3BucketName"])
    assert lock["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 30}
    (recorder,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert recorder["recordingGroup"] == {"allSupported": True, "includeGlobalResourceTypes": True}
    assert recorder["roleARN"].endswith("/config.amazonaws.com/AWSServiceRoleForConfig")


def test_a_second_launch_is_refused_before_it_touches_a_service(factory: Command) -> None:
    told = launch(factory, HOME, name="second", code=1)
    assert "has a security baseline already, by the stack" in told
    assert "AWS::SecurityHub::Hub" not in told
    factory("terminate", "second", "-e", "dev", "--region", HOME, "--sandbox", "--yes")
    assert len(factory.client("cloudtrail", "dev", HOME).describe_trails()["trailList"]) == 1


def test_a_further_region_has_no_trail_of_its_own(factory: Command) -> None:
    told = launch(factory, FURTHER, code=1)
    assert f"launch here with HomeRegion={HOME}" in told
    factory("terminate", "security-baseline", "-e", "dev", "--region", FURTHER, "--sandbox", "--yes")
    launch(factory, FURTHER, f"HomeRegion={HOME}")
    trails = factory.client("cloudtrail", "dev", FURTHER).describe_trails(includeShadowTrails=False)["trailList"]
    assert trails == []
    (recorder,) = factory.client("config", "dev", FURTHER).describe_configuration_recorders()["ConfigurationRecorders"]
    assert not recorder["recordingGroup"]["includeGlobalResourceTypes"]


def test_services_go_over_to_the_organization_and_come_back(factory: Command) -> None:
    config = factory.client("config", "dev", HOME)
    launch(factory, HOME, "Config=organization")
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []
    assert config.describe_config_rules()["ConfigRules"] == []
    launch(factory, HOME, "Config=on")
    assert len(config.describe_configuration_recorders()["ConfigurationRecorders"]) == 1


def test_the_responder_closes_a_bucket_once_its_dry_run_is_over(factory: Command) -> None:
    s3, functions = factory.client("s3", "dev", HOME), factory.client("lambda", "dev", HOME)
    s3.create_bucket(Bucket="open")
    s3.delete_public_access_block(Bucket="open")
    names = [item["FunctionName"] for item in functions.list_functions()["Functions"]]
    (responder,) = [name for name in names if "-Responder-" in name]
    detail = {"resourceType": "AWS::S3::Bucket", "resourceId": "open", "configRuleName": "public"}
    event = json.dumps({"detail-type": "Config Rules Compliance Change", "detail": detail})

    def closed() -> bool:
        assert "FunctionError" not in functions.invoke(FunctionName=responder, Payload=event.encode())
        try:
            s3.get_public_access_block(Bucket="open")
        except s3.exceptions.ClientError:
            return False
        return True

    assert not closed()
    launch(factory, HOME, "DryRun=false")
    assert closed()


def test_the_end_leaves_the_records(factory: Command) -> None:
    for region in (FURTHER, HOME):
        factory("terminate", "security-baseline", "-e", "dev", "--region", region, "--sandbox", "--yes")
    assert factory.client("cloudtrail", "dev", HOME).describe_trails()["trailList"] == []
    assert factory.client("config", "dev", HOME).describe_delivery_channels()["DeliveryChannels"] == []
    kept = [item["Name"] for item in factory.client("s3", "dev", HOME).list_buckets()["Buckets"]]
    assert [name for name in kept if "-trailbucket-" in name]
