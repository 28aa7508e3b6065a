"""The bytes of a published template as data, whoever wrote them."""

from __future__ import annotations

import json
from typing import Any

from factory.errors import GateError


def template_data(body: bytes) -> dict[str, Any]:
    """The template, JSON or YAML, with short-form functions written out. Raises GateError where it is none."""
    try:
        data = json.loads(body)
    except ValueError:
        data = _from_yaml(body)
    if not isinstance(data, dict) or not isinstance(data.get("Resources"), dict):
        raise GateError("a published template cannot be read: it has no Resources")
    return data


def _from_yaml(body: bytes) -> Any:
    # Importing it takes about a second, and the factory's own templates are JSON.
    from cfnlint.decode import decode_str

    template, problems = decode_str(body.decode(errors="replace"))
    if problems:
        raise GateError(f"a published template cannot be read: {problems[0].message}")
    # The decoder's own kinds of texts and mappings, which know their lines, are no more than texts and mappings here.
    return json.loads(json.dumps(template, default=str))
