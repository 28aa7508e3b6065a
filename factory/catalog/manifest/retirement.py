"""Reads what a portfolio file says on versions that it no longer names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from factory.catalog.manifest.fields import Field, Form
from factory.catalog.model import ProductName
from factory.catalog.retirement import Retirement

_KEYS = ("keep", "inactive-after")
_KEEP = Form(r"[1-9]\d?", "a number from 1 to 99, as a product has at most 100 versions")
_END = Form(r"[1-9]\d{0,3} days?|\d{4}-\d{2}-\d{2}", "a number of days such as 90 days, or a date such as 2027-03-31")


def retirements(field: Field, products: Sequence[ProductName]) -> Iterator[tuple[ProductName, Retirement]]:
    """The retirement of each product that has one: its own, or else the portfolio's."""
    section = field.section(*_KEYS, "products")
    general = _retirement(section, None)
    own: dict[ProductName, Retirement] = {}
    for key, value in section["products"].entries():
        product = ProductName(key.one_of(products))
        found = _retirement(value.section(*_KEYS), general)
        if found:
            own[product] = found
        else:
            value.problem("has no keep, and the portfolio has none either")
    if field and general is None and not section["products"]:
        field.problem("has no keep: how many versions stay active")
    elif section["inactive-after"] and general is None:
        section["inactive-after"].problem("stands without keep: how many versions stay active")
    for product in products:
        if found := own.get(product, general):
            yield product, found


def _retirement(fields: dict[str, Field], general: Retirement | None) -> Retirement | None:
    """What the fields say, completed by what holds for the portfolio; None where neither says how many stay."""
    keep, end = fields["keep"], fields["inactive-after"]
    if not keep and general is None:
        return None
    found = general or Retirement(keep=1)
    if keep:
        found = replace(found, keep=int(keep.text("1", _KEEP)))
    return replace(found, inactive_after=_end(end)) if end else found


def _end(field: Field) -> date | timedelta | None:
    text = field.text(form=_END)
    number, _, unit = text.partition(" ")
    if unit:
        return timedelta(days=int(number))
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        field.problem(f"is {text}, which is no day of the calendar")
        return None
