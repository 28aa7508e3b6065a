"""What several requests have in common: idempotency tokens and tags."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from factory.catalog.model import Tags


def token(*key: object) -> str:
    """The same idempotency token for the same key, in the form that Service Catalog takes."""
    return hashlib.sha256(json.dumps([str(part) for part in key]).encode()).hexdigest()


def tag_list(tags: Tags) -> list[dict[str, str]]:
    """Tags as a list of `Key` and `Value`."""
    return [{"Key": key, "Value": value} for key, value in tags]


def tag_changes(before: Tags, after: Tags) -> dict[str, Any]:
    """The arguments that lead from the one set of tags to the other.

    A changed tag is removed and added in the same request, as clients of the API do; that adding alone would replace
    it is not documented.
    """
    old, new = dict(before), dict(after)
    gone = sorted(key for key in old if new.get(key) != old[key])
    fresh = tuple((key, value) for key, value in after if old.get(key) != value)
    return {**({"RemoveTags": gone} if gone else {}), **({"AddTags": tag_list(fresh)} if fresh else {})}
