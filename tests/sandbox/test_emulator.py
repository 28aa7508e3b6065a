"""The seam into ministack: each private name that is used, and what it does for the sandbox.

Raising ministack's pin is one change in setup.py and one run of these tests: a failing one names what broke.
"""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from factory.sandbox.clients import Clients
from tests.conftest import ROOT

REGION = "us-east-1"
CLOUDFORMATION = "ministack.services.cloudformation"
PATIENCE_SECONDS = 60.0

# Module, function, parameters, and what is lost without it.
FUNCTIONS = [
    (f"{CLOUDFORMATION}.provisioners", "_provision_resource", 4, "plug-ins and checks when a resource is made"),
    (f"{CLOUDFORMATION}.provisioners", "_update_resource", 7, "plug-ins and checks when a resource is changed"),
    (f"{CLOUDFORMATION}.provisioners", "_delete_resource", 5, "plug-ins and checks when a resource is removed"),
    (f"{CLOUDFORMATION}.provisioners", "_physical_name", 2, "names in the form of CloudFormation's"),
    (f"{CLOUDFORMATION}.stacks", "_runs_on_worker_thread", 1, "stacks that can be watched and that call back"),
    (f"{CLOUDFORMATION}.engine", "_parse_template", 1, "checks of templates in YAML"),
    (f"{CLOUDFORMATION}.engine", "_evaluate_conditions", 2, "conditions that look into mappings"),
    (f"{CLOUDFORMATION}.handlers", "_describe_stacks", 1, "stored parameters shown by their names, and outer stacks"),
    (f"{CLOUDFORMATION}.handlers", "_stack_has_no_updates", 6, "updates that change no resource"),
    (f"{CLOUDFORMATION}.handlers", "_imported_export_names", 2, "exports that stay while they are used"),
    (f"{CLOUDFORMATION}.stacks", "_resolve_stack_outputs", 7, "exports that stay while they are used"),
    (f"{CLOUDFORMATION}.engine", "_check_parameter_constraints", 4, "patterns for names of stored parameters"),
    ("ministack.services.s3", "_get_object_data", 3, "templates and code in another account's bucket"),
    ("ministack.services.s3", "_bucket_owner_account", 1, "templates and code in another account's bucket"),
    ("ministack.services.s3", "_foreign_bucket_allows", 7, "the bucket policy that lets another account read"),
    ("ministack.services.s3", "_new_bucket_public_access_block", 0, "buckets that begin as private ones"),
    ("ministack.services.s3", "bucket_region", 1, "code that must lie in the function's region"),
    ("ministack.services.cloudwatch", "_put_metric_alarm", 4, "alarms over metric math"),
    (f"{CLOUDFORMATION}.custom_resource", "invoke_custom_resource", 8, "custom resources that wait their turn"),
    (
        "ministack.services.lambda_svc",
        "_execute_function_with_config_scope",
        2,
        "custom resources that wait their turn",
    ),
    ("ministack.services.organizations", "handle_request", 5, "one organization over the accounts"),
    ("ministack.services.organizations", "_ensure_org", 0, "one organization over the accounts"),
    ("ministack.core.iam_evaluator", "_principal_org_id", 1, "policies that name the organization"),
    (f"{CLOUDFORMATION}.stacks", "_add_event", 8, "what is told of stacks that a stop interrupted"),
    ("ministack.core.iam_actions", "extract_iam_action", 6, "calls that are held against policies"),
    ("ministack.core.iam_actions", "extract_resource_arn", 8, "calls that are held against policies"),
    ("ministack.core.iam_actions", "request_tag_context", 4, "calls that are held against policies"),
    ("ministack.core.iam_actions", "s3_additional_checks", 5, "calls that are held against policies"),
    ("ministack.core.iam_actions", "s3_service_context", 4, "calls that are held against policies"),
    ("ministack.core.responses", "request_scope", 2, "reading as the bucket's owner"),
    ("ministack.core.responses", "set_request_account_id", 1, "the account behind a session's key"),
    ("ministack.core.responses", "get_account_id", 0, "the account that a stack belongs to"),
    ("ministack.core.responses", "get_region", 0, "the region that a stack belongs to"),
    ("ministack.core.responses", "json_response", 2, "the end of Config's recorders and channels"),
    ("ministack.core.responses", "error_response_json", 4, "the end of Config's recorders and channels"),
    ("ministack.services.config", "handle_request", 5, "the end of Config's recorders and channels"),
    ("ministack.core.iam_evaluator", "resolve_credential", 3, "telling known access keys from unknown ones"),
    ("ministack.core.iam_evaluator", "evaluate_trust_policy", 3, "trust policies"),
    ("ministack.core.iam_evaluator", "resolve_principal", 3, "a launch role's policies"),
    ("ministack.core.iam_evaluator", "evaluate", 2, "what a launch role may do"),
    ("ministack.core.iam_evaluator", "_action_matches", 3, "what a launch role may do"),
]

# The same for classes, tables and whatever else has a name.
VALUES = [
    ("ministack.app", "app", "everything: it is the ASGI application"),
    ("ministack.core.iam_evaluator", "CredentialResolutionError", "telling known access keys from unknown ones"),
    ("ministack.core.iam_evaluator", "EvalContext", "trust policies, and what a launch role may do"),
    ("ministack.core.iam_evaluator", "PrincipalInfo", "a launch role's policies"),
    ("ministack.core.iam_evaluator", "pin_request_origin", "policies that demand TLS"),
    ("ministack.core.responses", "AccountRegionScopedDict", "state that is kept"),
    ("ministack.core.responses", "AccountScopedDict", "state that is kept"),
    ("ministack.services.s3", "_NEW_BUCKET_PUBLIC_ACCESS_BLOCK", "buckets that begin as private ones"),
    (CLOUDFORMATION, "_exports", "exports that stay while they are used"),
    (CLOUDFORMATION, "_stacks", "parameters of stacks that no API shows"),
    (f"{CLOUDFORMATION}.changesets", "_IMPORT_LOOKUPS", "policies of buckets that a stack takes back"),
    (f"{CLOUDFORMATION}.changesets", "_IMPORT_NOT_FOUND", "policies of buckets that a stack takes back"),
    ("ministack.services.s3", "_bucket_policies", "policies of buckets that a stack takes back"),
    ("ministack.services.config", "_recorders", "the end of Config's recorders and channels"),
    ("ministack.services.config", "_delivery_channels", "the end of Config's recorders and channels"),
    (f"{CLOUDFORMATION}.handlers", "_ACTION_HANDLERS", "stored parameters shown by their names, and outer stacks"),
    (f"{CLOUDFORMATION}.helpers", "CFN_NS", "stored parameters shown by their names, and outer stacks"),
    (f"{CLOUDFORMATION}.provisioners", "_RESOURCE_HANDLERS", "types that plug-ins make"),
    (f"{CLOUDFORMATION}.provisioners", "_STACK_TAG_PROPERTY", "a stack's tags on resources"),
    ("ministack.services.cloudwatch", "_alarms", "alarms over metric math"),
    ("ministack.services.iam", "_IAM_HANDLERS", "permissions boundaries in the details of an account"),
    ("ministack.services.iam", "_roles", "permissions boundaries in the details of an account"),
    ("ministack.services.iam", "_users", "permissions boundaries in the details of an account"),
    *(
        ("ministack.services.organizations", name, "one organization over the accounts")
        for name in (
            "FULL_ACCESS_POLICY_ID",
            "_DISPATCH",
            "_accounts",
            "_attachments",
            "_orgs",
            "_ous",
            "_roots",
            "_tags",
        )
    ),
]


def tree(module: str) -> ast.Module:
    """The source of a module of ministack, unimported: it would read this process's environment."""
    spec = importlib.util.find_spec("ministack")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    path = Path(spec.submodule_search_locations[0], *module.split(".")[1:])
    return ast.parse((path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8"))


def defined(module: str) -> set[str]:
    """The names that a module of ministack gives to anything."""
    found: set[str] = set()
    for node in tree(module).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def used() -> set[tuple[str, str]]:
    """Every name of ministack that the package of the seam uses, with its module."""
    found = set()
    for path in (ROOT / "factory" / "sandbox" / "emulator").rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        imported = {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in nodes
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack")
            for alias in node.names
        }
        attributes = {
            (".".join(imported[node.value.id]), node.attr)
            for node in nodes
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imported
        }
        modules = {module for module, _ in attributes}
        # A module is what its attributes are taken of, or what is patched in a loop over several.
        names = {pair for pair in imported.values() if ".".join(pair) not in modules and pair[1] != "changesets"}
        found |= attributes | names
    return found


def function(module: str, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    found = [
        node
        for node in tree(module).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    ]
    assert found, f"{module} has no function {name}"
    return found[0]


def called(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def test_the_pin_is_the_version_that_was_tried() -> None:
    required = [
        requirement
        for requirement in importlib.metadata.requires("product-factory") or []
        if requirement.startswith("ministack")
    ]
    assert [re.findall(r"ministack==([\d.]+)", requirement) for requirement in required] == [
        [importlib.metadata.version("ministack")]
    ]


@pytest.mark.parametrize(("module", "name", "parameters", "lost"), FUNCTIONS, ids=[row[1] for row in FUNCTIONS])
def test_ministack_has_the_function(module: str, name: str, parameters: int, lost: str) -> None:
    given = function(module, name).args
    assert len(given.posonlyargs) + len(given.args) == parameters, f"{module}.{name} changed: {lost} would be lost"


@pytest.mark.parametrize(("module", "name", "lost"), VALUES, ids=[row[1] for row in VALUES])
def test_ministack_has_the_name(module: str, name: str, lost: str) -> None:
    assert name in defined(module), f"{module}.{name} is gone: {lost} would be lost"


def test_every_name_that_is_used_is_held() -> None:
    held = {(module, name) for module, name, *_ in (*FUNCTIONS, *VALUES)}
    assert used() - held == set()


@pytest.mark.parametrize(
    ("module", "name", "uses"),
    [
        (f"{CLOUDFORMATION}.stacks", "_provision_keeping_seed", {"_provision_resource"}),
        (f"{CLOUDFORMATION}.stacks", "_update_keeping_seed", {"_update_resource"}),
        (f"{CLOUDFORMATION}.stacks", "_delete_stack_async", {"_delete_resource", "_runs_on_worker_thread"}),
        (f"{CLOUDFORMATION}.stacks", "_deploy_stack_async", {"_delete_resource", "_runs_on_worker_thread"}),
        (f"{CLOUDFORMATION}.stacks", "_roll_back_operation", {"_delete_resource", "_runs_on_worker_thread"}),
        (f"{CLOUDFORMATION}.stacks", "_revert_update", {"_update_resource", "_runs_on_worker_thread"}),
        (f"{CLOUDFORMATION}.engine", "_resolve_parameters", {"_check_parameter_constraints"}),
        (f"{CLOUDFORMATION}.handlers", "_create_stack", {"_evaluate_conditions"}),
        (f"{CLOUDFORMATION}.handlers", "_update_stack", {"_evaluate_conditions"}),
        (f"{CLOUDFORMATION}.changesets", "_create_change_set", {"_evaluate_conditions"}),
        (f"{CLOUDFORMATION}.stacks", "_deploy_stack_async", {"_evaluate_conditions", "_resolve_stack_outputs"}),
        (f"{CLOUDFORMATION}.engine", "validate_template_support", {"_RESOURCE_HANDLERS"}),
        ("ministack.core.iam_evaluator", "_resolve_condition_key", {"_principal_org_id"}),
        ("ministack.services.organizations", "_describe_organization", {"_ensure_org", "_orgs"}),
        ("ministack.services.organizations", "handle_request", {"_DISPATCH"}),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("_") else "",
)
def test_ministack_looks_the_hooked_names_up_in_its_modules(module: str, name: str, uses: set[str]) -> None:
    assert uses <= called(function(module, name)), f"{module}.{name} goes another way: the hooks would be passed by"


def finished(cloudformation: Any, name: str) -> tuple[str, list[int]]:
    """Wait for a stack; give its status and how many events were to be seen, look by look."""
    seen: list[int] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        seen.append(len(cloudformation.describe_stack_events(StackName=name)["StackEvents"]))
        if not status.endswith("_IN_PROGRESS"):
            return status, seen
        assert time.monotonic() < deadline, f"{name} is still {status}"


def network(subnets: int) -> dict[str, Any]:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    parts = {
        f"Subnet{number}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": f"10.0.{number}.0/24"},
        }
        for number in range(subnets)
    }
    return {"Resources": {"Vpc": vpc, **parts}}


def test_stacks_of_several_accounts_run_side_by_side_and_can_be_watched(clients: Clients, account: str) -> None:
    accounts = [account, "111111111111", "222222222222", "333333333333"]

    def launch(owner: str) -> tuple[str, list[int], int]:
        cloudformation = clients.get("cloudformation", account=owner, region=REGION)
        cloudformation.create_stack(StackName="side-by-side", TemplateBody=json.dumps(network(20)))
        status, seen = finished(cloudformation, "side-by-side")
        subnets = clients.get("ec2", account=owner, region=REGION).describe_subnets(
            Filters=[{"Name": "tag:aws:cloudformation:stack-name", "Values": ["side-by-side"]}]
        )["Subnets"]
        return status, seen, len(subnets)

    with ThreadPoolExecutor(len(accounts)) as pool:
        launched = list(pool.map(launch, accounts))

    assert [(status, subnets) for status, _, subnets in launched] == [("CREATE_COMPLETE", 20)] * len(accounts)
    for _, seen, _ in launched:
        assert seen == sorted(seen)
        assert len(set(seen)) > 2, "events came only when the stack was done"


def test_conditions_may_look_into_mappings(aws: Callable[[str], Any]) -> None:
    queue = {"Type": "AWS::SQS::Queue"}
    template = {
        "Mappings": {"Switches": {"us-east-1": {"on": "yes"}}},
        "Conditions": {
            "On": {"Fn::Equals": [{"Fn::FindInMap": ["Switches", {"Ref": "AWS::Region"}, "on"]}, "yes"]},
            "Off": {"Fn::Not": [{"Condition": "On"}]},
        },
        "Resources": {"Made": {**queue, "Condition": "On"}, "Unmade": {**queue, "Condition": "Off"}},
    }
    cloudformation = aws("cloudformation")
    cloudformation.create_stack(StackName="switched", TemplateBody=json.dumps(template))
    assert finished(cloudformation, "switched")[0] == "CREATE_COMPLETE"
    resources = cloudformation.describe_stack_resources(StackName="switched")["StackResources"]
    assert [resource["LogicalResourceId"] for resource in resources] == ["Made"]


def test_a_stored_parameter_is_shown_by_its_name_with_its_value_beside(aws: Callable[[str], Any]) -> None:
    aws("ssm").put_parameter(Name="/platform/name", Type="String", Value="shop")
    template = {
        "Parameters": {"Name": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/platform/name"}},
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}},
    }
    cloudformation = aws("cloudformation")
    cloudformation.create_stack(StackName="stored", TemplateBody=json.dumps(template))
    assert finished(cloudformation, "stored")[0] == "CREATE_COMPLETE"
    (stack,) = cloudformation.describe_stacks(StackName="stored")["Stacks"]
    assert stack["Parameters"] == [
        {"ParameterKey": "Name", "ParameterValue": "/platform/name", "ResolvedValue": "shop"}
    ]


def archive(source: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as code:
        code.writestr("index.py", source)
    return content.getvalue()


def role() -> dict[str, Any]:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}


PROVIDER = """
import json, urllib.request
import boto3

def handler(event, context):
    if event["RequestType"] == "Create":
        name = "/made/by/provider/" + event["LogicalResourceId"]
        boto3.client("ssm").put_parameter(Name=name, Type="String", Value=event["StackId"])
    body = json.dumps({
        "Status": "SUCCESS", "PhysicalResourceId": "made", "StackId": event["StackId"],
        "RequestId": event["RequestId"], "LogicalResourceId": event["LogicalResourceId"], "Data": {"Answer": "42"},
    }).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], data=body, method="PUT"))
"""


def provider(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"ZipFile": PROVIDER},
            "Handler": "index.handler",
            "Runtime": "python3.12",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Timeout": 30,
            **properties,
        },
    }


def test_a_custom_resource_calls_the_sandbox_while_its_stack_runs(aws: Callable[[str], Any]) -> None:
    made = {"Type": "Custom::Made", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Code", "Arn"]}}}
    template = {
        "Resources": {"Role": role(), "Code": provider(), "Made": made},
        "Outputs": {"Answer": {"Value": {"Fn::GetAtt": ["Made", "Answer"]}}},
    }
    cloudformation = aws("cloudformation")
    cloudformation.create_stack(StackName="custom", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])

    assert finished(cloudformation, "custom")[0] == "CREATE_COMPLETE"
    (stack,) = cloudformation.describe_stacks(StackName="custom")["Stacks"]
    assert stack["Outputs"][0]["OutputValue"] == "42"
    stored = aws("ssm").get_parameter(Name="/made/by/provider/Made")["Parameter"]["Value"]
    assert stored == stack["StackId"]


def test_custom_resources_wait_until_their_function_is_free(aws: Callable[[str], Any]) -> None:
    cloudformation = aws("cloudformation")
    template = {
        "Resources": {"Role": role(), "Code": provider(ReservedConcurrentExecutions=1)},
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Code", "Arn"]}}},
    }
    cloudformation.create_stack(StackName="code", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
    assert finished(cloudformation, "code")[0] == "CREATE_COMPLETE"
    (stack,) = cloudformation.describe_stacks(StackName="code")["Stacks"]
    names = ["First", "Second", "Third"]
    for name in names:
        properties = {"ServiceToken": stack["Outputs"][0]["OutputValue"], "ServiceTimeout": 60}
        made = {"Resources": {name: {"Type": "Custom::Made", "Properties": properties}}}
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(made))
    assert [finished(cloudformation, name)[0] for name in names] == ["CREATE_COMPLETE"] * 3


@pytest.fixture
def artifacts(clients: Clients, account: str) -> str:
    """A bucket of another account with code and a template in it."""
    owner = clients.get("s3", account="111111111111", region=REGION)
    bucket = f"artifacts-for-{account}"
    owner.create_bucket(Bucket=bucket)
    owner.put_object(Bucket=bucket, Key="made/code.zip", Body=archive("def handler(event, context): return event\n"))
    owner.put_object(Bucket=bucket, Key="made/network.json", Body=json.dumps(network(1)).encode())
    return bucket


def let_in(clients: Clients, account: str, bucket: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    clients.get("s3", account="111111111111", region=REGION).put_bucket_policy(Bucket=bucket, Policy=policy)


def function_from(bucket: str) -> str:
    properties = {
        "Code": {"S3Bucket": bucket, "S3Key": "made/code.zip"},
        "Handler": "index.handler",
        "Runtime": "python3.12",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    }
    resources = {"Role": role(), "Code": {"Type": "AWS::Lambda::Function", "Properties": properties}}
    return json.dumps({"Resources": resources, "Outputs": {"Name": {"Value": {"Ref": "Code"}}}})


def test_code_comes_from_another_accounts_bucket_if_its_policy_says_so(
    clients: Clients, account: str, aws: Callable[[str], Any], artifacts: str
) -> None:
    cloudformation = aws("cloudformation")
    given = {"TemplateBody": function_from(artifacts), "Capabilities": ["CAPABILITY_IAM"]}

    cloudformation.create_stack(StackName="refused", **given)
    assert finished(cloudformation, "refused")[0] == "ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="refused")["StackEvents"]
    assert any("S3 Error Code: AccessDenied" in event.get("ResourceStatusReason", "") for event in events)

    let_in(clients, account, artifacts)
    cloudformation.create_stack(StackName="let-in", **given)
    assert finished(cloudformation, "let-in")[0] == "CREATE_COMPLETE"
    name = cloudformation.describe_stacks(StackName="let-in")["Stacks"][0]["Outputs"][0]["OutputValue"]
    assert json.load(aws("lambda").invoke(FunctionName=name, Payload=b'{"a": 1}')["Payload"]) == {"a": 1}


def test_code_in_another_region_is_refused(clients: Clients, account: str, artifacts: str) -> None:
    let_in(clients, account, artifacts)
    cloudformation = clients.get("cloudformation", account=account, region="eu-west-1")
    cloudformation.create_stack(
        StackName="elsewhere", TemplateBody=function_from(artifacts), Capabilities=["CAPABILITY_IAM"]
    )
    assert finished(cloudformation, "elsewhere")[0] == "ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName="elsewhere")["StackEvents"]
    assert any("PermanentRedirect" in event.get("ResourceStatusReason", "") for event in events)


@pytest.mark.parametrize(
    "address",
    [
        "https://{bucket}.s3.us-east-1.amazonaws.com/{key}",
        "https://{bucket}.s3.amazonaws.com/{key}",
        "https://s3.us-east-1.amazonaws.com/{bucket}/{key}",
        "https://s3.amazonaws.com/{bucket}/{key}",
    ],
)
def test_a_template_comes_from_another_accounts_bucket(
    clients: Clients, account: str, aws: Callable[[str], Any], artifacts: str, address: str
) -> None:
    cloudformation = aws("cloudformation")
    url = address.format(bucket=artifacts, key="made/network.json")
    with pytest.raises(cloudformation.exceptions.ClientError, match="ValidationError"):
        cloudformation.create_stack(StackName="from-bucket", TemplateURL=url)

    let_in(clients, account, artifacts)
    cloudformation.create_stack(StackName="from-bucket", TemplateURL=url)
    assert finished(cloudformation, "from-bucket")[0] == "CREATE_COMPLETE"


def test_a_bucket_name_is_taken_in_every_account(aws: Callable[[str], Any], artifacts: str) -> None:
    s3 = aws("s3")
    with pytest.raises(s3.exceptions.BucketAlreadyExists):
        s3.create_bucket(Bucket=artifacts)
