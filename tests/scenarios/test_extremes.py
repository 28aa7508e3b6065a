"""Every product launched with the smallest and with the largest of what its form admits, on top of the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from factory.authoring.assets import zip_directories
from products.parts.container_questions import VARIABLES
from products.parts.secrets import ARNS, SECRETS
from tests.command import Command, copy_portfolios
from tests.conftest import ROOT, shipped

BOUNDARY = "arn:aws:iam::{account}:policy/boundary"
LAUNCHER = "arn:aws:iam::{account}:role/factory-launcher"
CONNECTION = "arn:aws:codeconnections:us-east-1:222222222222:connection/11111111-2222-3333-4444-555555555555"
GIVEN_SECRET = "{secret}"  # noqa: S105 - filled in with the ARN of one

FIFTY_COUNTRIES = (
    "AD,AE,AF,AG,AI,AL,AM,AO,AR,AT,AU,AZ,BA,BB,BD,BE,BF,BG,BH,BI,BJ,BM,BN,BO,BR,"
    "BS,BT,BW,BY,BZ,CA,CD,CF,CG,CH,CI,CL,CM,CN,CO,CR,CU,CV,CY,CZ,DE,DJ,DK,DM,DO"
)

# In wiring order. The smallest go to staging, the largest to prod.
SMALLEST: dict[str, dict[str, str]] = {
    "foundation": {"ArchiveDays": "365", "LogRetention": "90", "DomainName": "a.io", "Project": "ab"},
    "security-baseline": {
        **dict.fromkeys(("CloudTrail", "GuardDuty", "SecurityHub", "Config", "AccessAnalyzer"), "organization"),
        "ArchiveDays": "365",
        "LockDays": "1",
        "LogRetention": "90",
    },
    "network": {"Zones": "2", "Nat": "none", "InterfaceEndpoints": "none", "VpcRange": "192.168.0.0/16"},
    "cluster": {
        "Balancer": "internal",
        "DomainName": "a.io",
        "IdleSeconds": "1",
        "RequestsPerAddress": "100",
        "FirewallMode": "count",
        "TestAccess": "none",
    },
    "microservice-public": {
        "ServiceName": "ab",
        "Paths": "/",
        "Size": "256/512",
        "Tasks": "1-1",
        "Port": "1024",
        "HealthCheck": "/ 200 6 0",
        "DrainSeconds": "0",
        "RequestsTarget": "10",
        "UseTarget": "10",
        "Kafka": "none",
        "NightOff": "true",
        "SpotPercent": "100",
    },
    "microservice-internal": {
        "ServiceName": "ab",
        "Size": "256/512",
        "Tasks": "1-1",
        "Port": "1024",
        "HealthCheck": "/ 6 0",
        "UseTarget": "10",
        "Kafka": "10.0.0.0/32",
        "Client": "10.1.0.0/16",
        "LogDestination": "firehose a",
        "KafkaPort": "1024",
        "NightOff": "true",
        "SpotPercent": "100",
    },
    "scheduled-job": {
        "ServiceName": "ab",
        "Size": "256/512",
        "Schedule": "rate(1 minute)",
        "TimeoutSeconds": "60",
        "OverdueHours": "0",
        "WindowMinutes": "0",
        "LatestStartSeconds": "60",
        "Retries": "0",
        "Kafka": "none",
        "OnSpot": "true",
        "LogDestination": "opensearch abc a.b",
    },
    "image-repository": {"RepositoryName": "ab", "KeepImages": "1"},
    "queue": {
        "QueueName": "ab",
        "VisibilitySeconds": "0",
        "Attempts": "1",
        "KeepSeconds": "60",
        "OldestSeconds": "60",
        "MostWaiting": "1",
        "SenderService": "s3",
        "SenderArn": "arn:aws:s3:::uploads",
    },
    "worker": {
        "ServiceName": "ab",
        "SourceQueue": "ab",
        "Size": "256/512",
        "Tasks": "0-1",
        "BacklogTarget": "1",
        "UseTarget": "10",
        "HeartbeatSeconds": "30",
        "LogDestination": "s3 abc",
        "StopSeconds": "2",
        "OldestSeconds": "60",
        "Kafka": "none",
        "NightOff": "true",
        "SpotPercent": "100",
    },
    "function": {
        "FunctionName": "ab",
        "Runtime": "nodejs22.x",
        "Architecture": "x86_64",
        "MemoryMib": "128",
        "TimeoutSeconds": "1",
        "Reserved": "1",
        "Provisioned": "1",
        "DurationPercent": "10",
    },
    "ci-access": {"AccessName": "ab", "Services": "ab"},
    "delivery-pipeline": {
        "ServiceName": "ab",
        "ConnectionArn": CONNECTION,
        "Repository": "a/b",
        "SmokePath": "none",
        "AccessName": "ab",
    },
}
HOOK = "arn:aws:lambda:us-east-1:{account}:function:smoke-test:live"
LARGEST_CONTAINER = {
    "ServiceName": "a" * 30,
    "Runtime": "python",
    "Size": "16384/122880",
    "Architecture": "ARM64",
    "Tracing": "true",
    "ShellAccess": "true",
    "RunbookUrl": "https://wiki.example.com/runbook",
    "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "Kafka": "arn:aws:kafka:us-east-1:{account}:cluster/orders/11111111-2222-3333-4444-555555555555-1",
    "PermissionsBoundary": BOUNDARY,
    "Variables": ";".join(f"NAME_{number}=value" for number in range(VARIABLES)),
    "Secrets": ";".join(f"SECRET_{number}={GIVEN_SECRET}:key::" for number in range(SECRETS)),
    "LogDestination": f"datadog us3.datadoghq.com {GIVEN_SECRET}:key::",
}
LARGEST_SERVICE = {**LARGEST_CONTAINER, "Tasks": "50-50", "UseTarget": "90"}
LARGEST: dict[str, dict[str, str]] = {
    "foundation": {
        "ArchiveDays": "3653",
        "LogRetention": "3653",
        "AlarmEmail": "on-call@example.com",
        "PagerEndpoint": "https://events.example.com/integration/key",
        "SlackSecretArn": GIVEN_SECRET,
        "SlackKeyArn": "arn:aws:kms:us-east-1:{account}:key/11111111-2222-3333-4444-555555555555",
        "PermissionsBoundary": BOUNDARY,
        "Project": "a-project-20-letters",
    },
    "security-baseline": {
        "HomeRegion": "us-east-1",
        "DryRun": "false",
        "ArchiveDays": "3653",
        "LockDays": "3999",
        "LockMode": "COMPLIANCE",
        "Compliance": "pci-dss",
        "LogRetention": "3653",
        "PermissionsBoundary": BOUNDARY,
        "Project": "a-project-20-letters",
    },
    "network": {
        "Zones": "3",
        "PrivateSize": "large",
        "Nat": "one-per-zone",
        "InterfaceEndpoints": "all",
        "VpcRange": "172.31.0.0/16",
        "OutsideRange": "10.200.0.0/16",
        "PermissionsBoundary": BOUNDARY,
    },
    "cluster": {
        "IdleSeconds": "4000",
        "RequestsPerAddress": "2000000",
        "BlockedCountries": FIFTY_COUNTRIES,
        "LargeBodies": "true",
        "TestAccess": "203.0.113.7/32",
        "DeletionProtection": "true",
        "PermissionsBoundary": BOUNDARY,
    },
    "microservice-public": {
        **LARGEST_SERVICE,
        "Port": "65535",
        "Paths": "/one,/one/*,/two,/two/*",
        "HostName": "*.example.com",
        "HealthCheck": "/health 200-399 300 300",
        "DrainSeconds": "3600",
        "SlowStartSeconds": "900",
        "StickySeconds": "604800",
        "RequestsTarget": "1000000",
        "Strategy": "linear-10",
        "BakeMinutes": "180",
        "Hook": f"{HOOK} TEST_TRAFFIC_SHIFT,POST_PRODUCTION_TRAFFIC_SHIFT",
        "LogDestination": f"splunk {'a' * 63}.example.com {GIVEN_SECRET}",
    },
    "microservice-internal": {
        **LARGEST_SERVICE,
        "Port": "65535",
        "Protocol": "grpc",
        "HealthCheck": "/health 300 300",
        "Client": "{group}",
        "Strategy": "canary-5",
        "BakeMinutes": "0",
        "Hook": HOOK,
        "KafkaPort": "65535",
        "Authority": "arn:aws:acm-pca:us-east-1:{account}:certificate-authority/11111111-2222-3333-4444-555555555555",
    },
    "image-repository": {
        "RepositoryName": "a" * 30,
        "KeepImages": "1000",
        "PullAccounts": ",".join(f"{number:012}" for number in range(10)),
        "PipelineRole": "delivery/pipeline-*",
        "PipelineAccount": "111111111111",
    },
    "queue": {
        "QueueName": "a" * 20,
        "Project": "a-project-20-letters",
        "Kind": "fifo",
        "VisibilitySeconds": "43200",
        "Attempts": "1000",
        "KeepSeconds": "1209600",
        "DelaySeconds": "900",
        "OldestSeconds": "1209600",
        "MostWaiting": "10000000",
        "SenderRoles": LAUNCHER,
        "ReceiverRoles": LAUNCHER,
        "SenderService": "sns",
        "SenderArn": "arn:aws:sns:us-east-1:{account}:orders.fifo",
        "EventPattern": '{{"source": ["aws.s3"], "detail": {{"size": [{{"numeric": [">", 0]}}]}}}}',
        "Schedule": "cron(0/15 8-18 ? * MON-FRI *)",
    },
    "worker": {
        **LARGEST_SERVICE,
        "Project": "a-project-20-letters",
        "BacklogTarget": "1000000",
        "HeartbeatSeconds": "43200",
        "HealthCommand": "/bin/healthy",
        "StopSeconds": "120",
        "Kind": "fifo",
        "VisibilitySeconds": "43200",
        "Attempts": "1000",
        "KeepSeconds": "1209600",
        "DelaySeconds": "900",
        "OldestSeconds": "1209600",
        "SenderRoles": LAUNCHER,
        "SenderService": "sns",
        "SenderArn": "arn:aws:sns:us-east-1:{account}:orders.fifo",
    },
    "scheduled-job": {
        **LARGEST_CONTAINER,
        "Project": "a-project-20-letters",
        "Schedule": "cron(0/15 8-18 ? * MON-FRI *)",
        "TimeZone": "America/Argentina/Buenos_Aires",
        "TimeoutSeconds": "604800",
        "OverdueHours": "168",
        "Enabled": "true",
        "WindowMinutes": "1440",
        "LatestStartSeconds": "86400",
        "Overlap": "allow",
        "Retries": "10",
    },
    "function": {
        "FunctionName": "a" * 30,
        "CodeBucket": "code-{account}",
        "CodeKey": "k" * 96 + ".zip",
        "Handler": "index.handler",
        "MemoryMib": "10240",
        "TimeoutSeconds": "900",
        # An account has 1,000, of which 100 stay unreserved; the functions of other products have reserved some.
        "Reserved": "500",
        "Provisioned": "500",
        "Schedule": "cron(0/15 8-18 ? * MON-FRI *)",
        "TimeZone": "America/Argentina/Buenos_Aires",
        "SourceQueue": "a" * 20,
        "SourceBucket": "code-{account}",
        "SourceStream": "{stream}",
        "Settings": '{{"text": "' + "a" * 2000 + '"}}',
        "Secrets": ";".join([GIVEN_SECRET] * ARNS),
        "PolicyArn": BOUNDARY,
        "InVpc": "true",
        "ErrorLimit": "100000",
        "DurationPercent": "100",
        "PermissionsBoundary": BOUNDARY,
    },
    "ci-access": {
        "AccessName": "a" * 16,
        "Services": ",".join(f"service-{number:022}" for number in range(32)),
        "BuildAccount": "111111111111",
        "BuildEnvironment": "staging",
        "GithubOwner": "a" * 39,
        "GithubRepository": "a" * 100,
        "GithubBranch": "a" * 100 + "*",
        "GithubEnvironment": "a" * 100,
        "ImageRepository": "a" * 30,
        "EcsService": "a" * 255,
        "PassedRoles": ",".join(f"arn:aws:iam::{{account}}:role/task-{number}" for number in range(5)),
        "PermissionsBoundary": BOUNDARY,
    },
    "delivery-pipeline": {
        "ServiceName": "a" * 30,
        "Project": "a-project-20-letters",
        "Runtime": "other",
        "Architecture": "ARM64",
        "ConnectionArn": CONNECTION,
        "Repository": "a" * 100 + "/" + "b" * 100,
        "Provider": "Bitbucket",
        "Branch": "b" * 100,
        "Dockerfile": "d" * 200,
        "Context": "c" * 200,
        "TestAccount": "333333333333",
        "QaAccount": "444444444444",
        "StagingAccount": "555555555555",
        "AccessName": "a" * 16,
        "TestCommand": "t" * 512,
        "TestBuildspec": "b" * 200 + ".yml",
        "SmokePath": "/" + "s" * 255,
        "OverlappingRuns": "QUEUED",
        "PermissionsBoundary": BOUNDARY,
    },
}


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    directory = tmp_path_factory.mktemp("extremes")
    copy_portfolios(directory)
    command = Command(directory)
    command("publish", "--sandbox", "--yes")
    yield command
    command("sandbox", "stop")


@pytest.fixture(scope="module")
def given(factory: Command) -> dict[str, str]:
    """What stands outside the catalog in the account: a secret, a policy that bounds roles, code, and a table."""
    account = factory.json("sandbox", "status")["accounts"]["prod"]
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
    factory.client("iam", "prod").create_policy(PolicyName="boundary", PolicyDocument=document)
    secrets = factory.client("secretsmanager", "prod")
    secret = secrets.create_secret(Name="given", SecretString="https://hooks.example.com/x")
    code = zip_directories(ROOT / "products/function/functions/placeholder")
    buckets = factory.client("s3", "prod")
    buckets.create_bucket(Bucket=f"code-{account}")
    buckets.put_object(Bucket=f"code-{account}", Key=LARGEST["function"]["CodeKey"], Body=code.body)
    table = factory.client("dynamodb", "prod").create_table(
        TableName="given",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    group = factory.client("ec2", "prod").create_security_group(GroupName="clients", Description="clients")
    return {
        "account": account,
        "group": group["GroupId"],
        "secret": secret["ARN"],
        "stream": table["TableDescription"]["LatestStreamArn"],
    }


@pytest.mark.parametrize(("environment", "extremes"), [("staging", SMALLEST), ("prod", LARGEST)])
def test_extremes_launch(
    environment: str, extremes: dict[str, dict[str, str]], factory: Command, given: dict[str, str]
) -> None:
    for product, parameters in extremes.items():
        filled = [f"{name}={value.format(**given)}" for name, value in parameters.items()]
        arguments = [item for pair in filled for item in ("-p", pair)]
        launched = factory.json("launch", product, "-e", environment, "--sandbox", *arguments)
        assert launched["status"] == "AVAILABLE", product


@pytest.mark.parametrize("extremes", [SMALLEST, LARGEST])
def test_every_product_has_extremes(extremes: dict[str, dict[str, str]]) -> None:
    assert set(extremes) == set(shipped())
