"""What of ministack counts as its state: everything that its own reset empties, but for what ends with a process."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from factory.sandbox.emulator import stores
from factory.sandbox.serialization import UnreadableError

# Not saved, and why.
CONNECTIONS = {
    ("apigateway", "_ws_connections"),
    ("appsync_events", "_connections"),
    ("cloudwatch_logs", "_live_tail_sessions"),
    ("kinesis", "_subscriptions"),
}
CACHES = {
    ("apigateway", "_authorizer_cache"),
    ("apigateway_v1", "_authorizer_cache"),
    ("appsync", "_cache_entries"),
    ("cloudfront", "_vpc_origin_etags_issued"),
    ("cognito", "_pool_keys"),
    ("eventbridge", "_oauth_tokens"),
    ("iam", "_aws_managed_policies"),
    ("iot", "_warned_sql_funcs"),
    ("lambda_svc", "_docker_extract_dirs"),
    ("lambda_svc", "_provided_code_dirs"),
    ("stepfunctions", "_history_page_tokens"),
}
OF_PROCESSES = {
    ("bedrock_agentcore", "_containers"),
    ("cloudformation.custom_resource", "_pending"),
    ("cloudformation.wait_conditions", "_waiting"),
    ("codebuild", "_stopped_builds"),
    ("cognito", "_pending_new_password"),
    ("cognito", "_pending_user_auth"),
    ("ecs_metadata", "_TASKS"),
    ("ecs_metadata", "_TOKEN_TO_CONTAINER"),
    ("ecs_metadata", "_TOKEN_TO_TASK"),
    ("elasticache", "_pending_cluster_respawn"),
    ("elasticache", "_pending_rg_respawn"),
    ("elasticache", "_pending_serverless_respawn"),
    ("imds", "_tokens"),
    ("kinesisanalyticsv2_flink", "_clusters"),
    ("kinesisanalyticsv2_flink", "_starts"),
    ("rds", "_mysql_global_instance_mutations"),
    ("rds", "_mysql_global_writer_switch_owners"),
    ("rds_data", "_transactions"),
}


_RESET = re.compile(r"^def reset\(.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_CLEARED = re.compile(r"^\s+(\w+)\.clear\(\)", re.MULTILINE)


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The services of ministack by name, unimported: they would read this process's environment."""
    spec = importlib.util.find_spec("ministack")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0]) / "services"
    paths = {path: path.relative_to(folder).with_suffix("").parts for path in folder.rglob("*.py")}
    return {".".join(part for part in parts if part != "__init__"): path.read_text() for path, parts in paths.items()}


def is_plain(source: str, name: str) -> bool:
    """Whether a module has an empty container of Python's own by that name, such as `{}` or `set()`."""
    return re.search(rf"^{name}(:[^=]+)? = (\{{\}}|\[\]|set\(\)|dict\(\)|list\(\))", source, re.MULTILINE) is not None


def test_what_a_reset_empties_is_saved_or_known_to_end_with_the_process(sources: dict[str, str]) -> None:
    plain = {
        (module, name)
        for module, source in sources.items()
        if (reset := _RESET.search(source))
        for name in _CLEARED.findall(reset[0])
        if is_plain(source, name)
    }
    saved = {(module, name) for module, names in stores.PLAIN.items() for name in names}
    assert plain - saved == CONNECTIONS | CACHES | OF_PROCESSES
    assert ("sts", "_sessions") in plain & saved


def test_what_is_saved_by_name_exists(sources: dict[str, str]) -> None:
    missing = [
        (module, name)
        for module, names in stores.PLAIN.items()
        for name in names
        if not re.search(rf"^{name}\b(:[^=]+)? = ", sources[module], re.MULTILINE)
    ]
    assert missing == []


@pytest.mark.parametrize("key", ["no_such_service:_stores", "../os:environ", "os"])
def test_only_stores_are_restored(key: str) -> None:
    with pytest.raises(UnreadableError, match="is no store"):
        stores.restore({key: {}})
