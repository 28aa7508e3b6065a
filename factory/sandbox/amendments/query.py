"""One call of EC2's query protocol: its form, what the emulator answers to it, and XML answers of our own."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from xml.etree import ElementTree

Answer = tuple[int, bytes]
Forward = Callable[[bytes], Awaitable[Answer]]
Element = ElementTree.Element

_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


class Ec2Error(Exception):
    """What EC2 refuses, with its error code. Source: Amazon EC2 API Reference, "Error codes"."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def answer(self) -> Answer:
        """Give the error as EC2 writes it."""
        response = ElementTree.Element("Response")
        error = ElementTree.SubElement(ElementTree.SubElement(response, "Errors"), "Error")
        ElementTree.SubElement(error, "Code").text = self.code
        ElementTree.SubElement(error, "Message").text = str(self)
        ElementTree.SubElement(response, "RequestID").text = str(uuid.uuid4())
        return 400, ElementTree.tostring(response, encoding="utf-8", xml_declaration=True)


class ForwardedError(Exception):
    """The emulator refused a forwarded call; its answer goes to the caller as it is."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("the emulator refused the call")
        self.answer = answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call: its form without the lists' numbering undone (`Filter.1.Name`), and the way to the emulator."""

    form: Mapping[str, str]
    forward: Forward
    version: str = field(default="2016-11-15")

    def get(self, name: str) -> str | None:
        """Give a parameter, None where it is missing or empty."""
        return self.form.get(name) or None

    def require(self, name: str) -> str:
        """Give a parameter that the operation needs."""
        if value := self.get(name):
            return value
        raise Ec2Error("MissingParameter", f"The request must contain the parameter {name}")

    def listed(self, name: str) -> list[str]:
        """Give a list (`Name.1`, `Name.2`, …)."""
        values: list[str] = []
        while value := self.get(f"{name}.{len(values) + 1}"):
            values.append(value)
        return values

    def filters(self) -> dict[str, list[str]]:
        """Give the filters, by name."""
        found: dict[str, list[str]] = {}
        while name := self.get(f"Filter.{len(found) + 1}.Name"):
            found[name] = self.listed(f"Filter.{len(found) + 1}.Value")
        return found

    async def pass_on(self) -> Element:
        """Send the call to the emulator as it came."""
        return await self._send(self.form)

    async def ask(self, action: str, **parameters: str) -> Element:
        """Send another call to the emulator; `__` in a name stands for a dot (`VpcId__1`)."""
        form = {name.replace("__", "."): value for name, value in parameters.items()}
        return await self._send({"Action": action, "Version": self.version, **form})

    async def _send(self, form: Mapping[str, str]) -> Element:
        status, body = await self.forward(urlencode(form).encode())
        if status != 200:
            raise ForwardedError((status, body))
        return ElementTree.fromstring(body)  # noqa: S314 -- the emulator's own answer


def items(parent: Element, path: str) -> Iterator[Element]:
    """Go through the items of a set (`networkAclSet`), wherever the list is repeated by `path` with slashes."""
    yield from parent.iterfind("/".join(f"{{*}}{name}" for name in [*path.split("/"), "item"]))


def text(parent: Element, name: str) -> str:
    """Give the text of a child, empty where there is none."""
    return parent.findtext(f"{{*}}{name}") or ""


def child(parent: Element, name: str) -> Element:
    """Give the child of that name, a new one where there is none."""
    found = parent.find(f"{{*}}{name}")
    return found if found is not None else ElementTree.SubElement(parent, _beside(parent, name))


def add(parent: Element, name: str, **values: str) -> Element:
    """Add a child with children of its own, one a value."""
    made = ElementTree.SubElement(parent, _beside(parent, name))
    for key, value in values.items():
        put(made, key, value)
    return made


def put(parent: Element, name: str, value: str) -> None:
    """Set the text of a child."""
    child(parent, name).text = value


def keep(parent: Element, path: str, wanted: Callable[[Element], bool]) -> None:
    """Take out of a set the items that aren't wanted."""
    holder = parent.find(f"{{*}}{path}")
    for item in list(holder if holder is not None else ()):
        if holder is not None and not wanted(item):
            holder.remove(item)


def among(name: str, values: Sequence[str]) -> Callable[[Element], bool]:
    """Give a test that an item's child has one of the values."""
    return lambda item: text(item, name) in values


def response(action: str, **values: str) -> Element:
    """Begin an answer of our own."""
    made = ElementTree.Element(f"{{{_NAMESPACE}}}{action}Response")
    put(made, "requestId", str(uuid.uuid4()))
    for key, value in values.items():
        put(made, key, value)
    return made


def write(answer: Element) -> Answer:
    """Write an answer as the wire has it: its namespace as the default one, without prefixes."""
    namespace = answer.tag[1:].partition("}")[0] if answer.tag.startswith("{") else None
    return 200, ElementTree.tostring(answer, encoding="utf-8", xml_declaration=True, default_namespace=namespace)


def _beside(parent: Element, name: str) -> str:
    """Qualify a child's name as its parent's is."""
    namespace, closing, _ = parent.tag.rpartition("}")
    return f"{namespace}{closing}{name}"
