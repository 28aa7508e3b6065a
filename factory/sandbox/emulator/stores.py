"""ministack's state as data: what its modules hold, saved as it is and put back in place.

ministack can persist itself, but not all of it: objects, their versions and tags, sessions and others stay out, and a
set or a number as a key comes back as something else. What it calls a scoped store is state, whichever the module; of
the other containers and counters, those that hold state are named here.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from factory.sandbox.serialization import UnreadableError, read, write

# Not here: connections, caches, and what waits for a process that has ended.
PLAIN: dict[str, tuple[str, ...]] = {
    "apigateway_v1": ("_quota_state",),
    "cloudformation.wait_conditions": ("_handles",),
    "cognito": ("_authorization_codes", "_auth_codes", "_refresh_tokens", "_revoked_tokens", "_totp_session_secrets"),
    "documentdb": ("_port_counter",),
    "dsql": ("_port_counter",),
    "dynamodb": ("_stream_seq_counter",),
    "ec2": ("_default_initialized_scopes",),
    "eks": ("_port_counter",),
    "elasticache": ("_port_counter",),
    "eventbridge": ("_rule_last_fired",),
    "firehose": ("_dest_counter",),
    "iot": ("_ca_cert_pem", "_ca_key_pem", "_retained"),
    "kinesis": ("_sequence_counter",),
    "lambda_durable": ("_resume_queue",),
    "location": ("_sequence",),
    "mwaa": ("_port_counter",),
    "opensearch": ("_port_counter", "_dashboards_port_counter"),
    "rds": ("_port_counter",),
    "scheduler": ("_schedule_last_fired",),
    "sts": ("_sessions",),
}
"""By module of a service: the names of what is state without being a scoped store."""

_SERVICES = "ministack.services."
_MODULE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)?")
# Modules that poll queues and streams once there is something to poll.
_POLLERS = {"lambda_svc": "_esms", "pipes": "_pipes"}


def save(left_out: Callable[[str], None]) -> Any:
    """Give all that the modules hold; `left_out` is told what of it is no data."""
    return write({f"{module}:{name}": _content(store) for module, name, store in _stores()}, left_out)


def restore(saved: Any) -> None:
    """Put back what `save` gave; to be called before anything was served. Raises UnreadableError."""
    contents = read(saved)
    if not isinstance(contents, dict):
        raise UnreadableError("no stores")
    places = {key: _place(key) for key in contents}
    for _, _, store in _stores():
        # What a new sandbox begins with, such as an organization, may have been deleted in this one.
        if _is_scoped(store):
            store._data.clear()
    for key, content in contents.items():
        module, name = places[key]
        store = getattr(module, name)
        try:
            if _is_scoped(store):
                store._data.clear()
                store._data.update(content)
            elif isinstance(store, dict | set):
                store.clear()
                store.update(content)
            elif isinstance(store, list):
                store[:] = content
            else:
                setattr(module, name, content)
        except (TypeError, ValueError) as error:
            raise UnreadableError(f"{key}: {error}") from error
    for polling, store_name in _POLLERS.items():
        module = sys.modules.get(_SERVICES + polling)
        if module is not None and getattr(module, store_name)._data:
            module._ensure_poller()


def _stores() -> Iterator[tuple[str, str, Any]]:
    """Give module, name and object of each store in the modules that are loaded; the others are empty."""
    seen: set[int] = set()
    for full, module in sorted(sys.modules.items()):
        if not full.startswith(_SERVICES) or module is None:
            continue
        short = full.removeprefix(_SERVICES)
        for name, store in list(vars(module).items()):
            if name in PLAIN.get(short, ()):
                yield short, name, store
            # One module may have imported another's.
            elif _is_scoped(store) and id(store) not in seen:
                seen.add(id(store))
                if store._data:
                    yield short, name, store


def _place(key: str) -> tuple[Any, str]:
    short, _, name = key.partition(":")
    if not _MODULE.fullmatch(short):
        raise UnreadableError(f"{key} is no store")
    try:
        module = importlib.import_module(_SERVICES + short)
    except ImportError as error:
        raise UnreadableError(f"{key} is no store: {error}") from error
    if name not in PLAIN.get(short, ()) and not _is_scoped(getattr(module, name, None)):
        raise UnreadableError(f"{key} is no store")
    return module, name


def _content(store: Any) -> Any:
    return store._data if _is_scoped(store) else store


def _is_scoped(store: Any) -> bool:
    from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

    return isinstance(store, AccountScopedDict | AccountRegionScopedDict)
