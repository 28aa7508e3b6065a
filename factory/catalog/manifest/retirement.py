"""Reads what a portfolio file says on versions that it no longer names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from factory.catalog.manifest.fields import Field, Form
from factory.catalog.model import ProductName
from factory.catalog.retirement import Retirement

_KEYS = ("keep", "inactive-after")
_KEEP = Form(r"[1-9]\d?", "a number from 1 to 99, as a product has at most 100 versions")
_END = Form(r"[1-9]\d{0,3} days?|\d{4}-\d{2}-\d{2}", "a number of days such as 90 days, or a date such as 2027-03-31")


def retirements(field: Field, products: Sequence[ProductName]) -> Iterator[tuple[ProductName, Retirement]]:
    """The retirement of each product that has one: its own, completed by the portfolio's, or that alone."""
    section = field.section(*_KEYS, "products")
    keep, end = _keep(section["keep"]), _end(section["inactive-after"])
    general = Retirement(keep=keep, inactive_after=end) if keep else None
    own: dict[str, Retirement] = {}
    for key, value in section["products"].entries():
        fields = value.section(*_KEYS)
        own_keep, own_end = _keep(fields["keep"]) or keep, _end(fields["inactive-after"]) or end
        if own_keep is None:
            value.problem("has no keep, and the portfolio has none either")
        else:
            own[key.one_of(products)] = Retirement(keep=own_keep, inactive_after=own_end)
    if field and keep is None and not section["products"]:
        field.problem("has no keep: how many versions stay active")
    for product in products:
        if found := own.get(product, general):
            yield product, found


def _keep(field: Field) -> int | None:
    return int(field.text("1", _KEEP)) if field else None


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
