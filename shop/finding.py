"""What a seller means by a line of search: a reference, an e-mail, a phone or a name. Pure."""

import re
from dataclasses import dataclass
from typing import Final, Literal

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # config.kernel.references
_REFERENCE: Final = re.compile(rf"K-?([{_LETTERS}]{{4}})-?([{_LETTERS}]{{4}})-?([{_LETTERS}]{{2}})")
_PHONE: Final = re.compile(r"\+?[\d\s().\-/]{4,}")
_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, and the text as the database keeps it."""

    kind: Literal["reference", "email", "phone", "name"]
    text: str


def wanted(search: str) -> Wanted:
    """What a line of search means, by its shape; so one index answers it."""
    text = " ".join(search.replace("\x00", "").split())[:_MOST]
    reference = _REFERENCE.fullmatch(text.upper())
    if reference:
        return Wanted("reference", "K-" + "-".join(reference.groups()))
    if "@" in text:
        return Wanted("email", text)
    if _PHONE.fullmatch(text):
        return Wanted("phone", dialled(text))
    return Wanted("name", text)


def dialled(phone: str) -> str:
    """A phone number as it is kept and compared: its digits, and + before those of a country."""
    plus = "+" if phone.strip().startswith(("+", "00")) else ""
    digits = re.sub(r"\D", "", phone)
    return (plus + (digits.removeprefix("00") if plus else digits))[:20]
