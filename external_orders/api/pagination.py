"""Cursors: where a list goes on, signed, so that a stranger can neither make one nor use another's."""

from typing import Any

from django.core.signing import BadSignature, Signer

from external_orders.errors import CursorInvalid


def _signer(name: str, owner: dict[str, Any]) -> Signer:
    """A cursor is good for one list of one partner, live or test."""
    return Signer(salt=f"external_orders.cursor.{name}.{owner['partner'].pk}.{owner['livemode']}", sep=".")


def sealed_cursor(name: str, owner: dict[str, Any], after: str | None) -> str | None:
    """The cursor that goes on after a row; None at the end of the list."""
    return None if after is None else _signer(name, owner).sign(after)


def opened_cursor(name: str, owner: dict[str, Any], cursor: str) -> str:
    """The row that a cursor goes on after; empty without one. Refuses with CursorInvalid."""
    if not cursor:
        return ""
    try:
        return _signer(name, owner).unsign(cursor)
    except BadSignature:
        raise CursorInvalid from None
