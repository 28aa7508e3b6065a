"""Tags on portfolios and products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.servicecatalog.errors import invalid

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_TAGS = 20


def changed_tags(
    current: Mapping[str, str], parameters: Mapping[str, Any], *, add: str = "AddTags", remove: str = "RemoveTags"
) -> dict[str, str]:
    """The tags after a request's removals and additions. Raises InvalidParametersException."""
    added = {tag["Key"]: tag["Value"] for tag in parameters.get(add, [])}
    removed = set(parameters.get(remove, []))
    if len(added) < len(parameters.get(add, [])):
        raise invalid("Tag keys must be unique.")
    if any(key.lower().startswith("aws:") for key in added):
        raise invalid("Tag keys that begin with aws: are reserved.")
    tags = {key: value for key, value in current.items() if key not in removed} | added
    if len(tags) > _MAX_TAGS:
        raise invalid(f"At most {_MAX_TAGS} tags are allowed.")
    return tags
