"""Botocore's description of the service: which operations exist, what they accept and how they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import botocore.loaders
import botocore.model
import regex

from factory.sandbox.servicecatalog.errors import ServiceError


class Model:
    """Operations, input rules and output shapes of Service Catalog, or of another service by its boto3 name."""

    def __init__(self, service: str = "servicecatalog") -> None:
        description = botocore.loaders.Loader().load_service_model(service, "service-2")
        self._service = botocore.model.ServiceModel(description, service)
        self._operations = frozenset(self._service.operation_names)

    @property
    def target_prefix(self) -> str:
        """What stands before the operation's name in the `X-Amz-Target` header."""
        return str(self._service.metadata["targetPrefix"])

    def knows(self, operation: str) -> bool:
        """Whether AWS has an operation of this name."""
        return operation in self._operations

    def error_codes(self, operation: str) -> frozenset[str]:
        """The errors that the model lists for the operation."""
        return frozenset(shape.name for shape in self._service.operation_model(operation).error_shapes)

    def accept(self, operation: str, parameters: Any) -> dict[str, Any]:
        """Parameters as the operation understands them: unknown members and nulls left out.

        Raises SerializationException for a wrong type and ValidationException for every broken constraint at
        once, both as the front of AWS's JSON services answers, before the service sees the request.
        """
        shape = self._service.operation_model(operation).input_shape
        if not isinstance(parameters, dict):
            raise ServiceError("SerializationException", "Start of structure or map found where not expected.")
        accepted: dict[str, Any] = _typed(shape, parameters)
        problems = list(_problems(shape, accepted, ""))
        if problems:
            plural = "s" if len(problems) > 1 else ""
            summary = f"{len(problems)} validation error{plural} detected: " + "; ".join(problems)
            raise ServiceError("ValidationException", summary)
        return accepted

    def shapes(self, operation: str) -> tuple[Any, Any]:
        """The shapes of the operation's input and output, None where it has none."""
        found = self._service.operation_model(operation)
        return found.input_shape, found.output_shape

    def answer(self, operation: str, result: Mapping[str, Any]) -> dict[str, Any]:
        """The result in the shape the model promises; a member it does not know is a defect and raises KeyError."""
        shape = self._service.operation_model(operation).output_shape
        answered: dict[str, Any] = _shaped(shape, result) if shape is not None else {}
        return answered


_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "timestamp": (int, float),
}


def _typed(shape: Any, value: Any) -> Any:
    if not _is_typed(shape.type_name, value):
        raise ServiceError("SerializationException", f"{type(value).__name__} can not be converted to {shape.name}")
    if shape.type_name == "structure":
        members = shape.members
        return {
            name: _typed(members[name], item) for name, item in value.items() if name in members and item is not None
        }
    if shape.type_name == "list":
        return [_typed(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {_typed(shape.key, key): _typed(shape.value, item) for key, item in value.items()}
    return value


def _is_typed(type_name: str, value: object) -> bool:
    if isinstance(value, bool):
        return type_name == "boolean"
    return isinstance(value, _TYPES[type_name])


def _problems(shape: Any, value: Any, place: str) -> Iterator[str]:
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                yield (f"Value null at '{_member(place, name)}' failed to satisfy constraint: Member must not be null")
        for name, item in value.items():
            yield from _problems(shape.members[name], item, _member(place, name))
        return
    for rule in _broken(shape, value):
        yield f"Value '{value}' at '{place}' failed to satisfy constraint: {rule}"
    if shape.type_name == "list":
        for number, item in enumerate(value, start=1):
            yield from _problems(shape.member, item, f"{place}.{number}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _problems(shape.key, key, place)
            yield from _problems(shape.value, item, f"{place}.{key}.member")


def _broken(shape: Any, value: Any) -> Iterator[str]:
    metadata = shape.metadata
    if shape.type_name == "integer":
        if value < metadata.get("min", value):
            yield f"Member must have value greater than or equal to {metadata['min']}"
        if value > metadata.get("max", value):
            yield f"Member must have value less than or equal to {metadata['max']}"
    elif shape.type_name in ("string", "list", "map"):
        if len(value) < metadata.get("min", 0):
            yield f"Member must have length greater than or equal to {metadata['min']}"
        if len(value) > metadata.get("max", len(value)):
            yield f"Member must have length less than or equal to {metadata['max']}"
    if shape.type_name == "string":
        if metadata.get("enum") and value not in metadata["enum"]:
            yield f"Member must satisfy enum value set: [{', '.join(metadata['enum'])}]"
        # The model's patterns use \p{L} and the like, which only this engine knows; it keeps what it compiled.
        if metadata.get("pattern") and not regex.fullmatch(metadata["pattern"], value):
            yield f"Member must satisfy regular expression pattern: {metadata['pattern']}"


def _member(place: str, name: str) -> str:
    member = name[0].lower() + name[1:]
    return f"{place}.{member}" if place else member


def _shaped(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure":
        return {name: _shaped(shape.members[name], item) for name, item in value.items() if item is not None}
    if shape.type_name == "list":
        return [_shaped(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {str(key): _shaped(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        # Epoch seconds with milliseconds, as AWS JSON 1.1 writes timestamps.
        return round(float(value), 3)
    return value
