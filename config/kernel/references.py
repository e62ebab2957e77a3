"""Names that people read aloud and keys that nobody can guess: random, so they tell no age and no count."""

import secrets

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read aloud and typed from paper without mistakes


def random_reference(prefix: str) -> str:
    """A reference such as `W-7KQ2-M9XA-3F`: 10 of 30 letters, 49 bits."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{prefix}-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def random_key() -> int:
    """A positive 63-bit primary key that tells nothing about when its row was made."""
    return secrets.randbits(62) + 1


def public_id(prefix: str) -> str:
    """An id for the outside such as `ord_…`: 128 random bits."""
    return f"{prefix}_{secrets.token_urlsafe(16)}"


def work_order_reference() -> str:
    return random_reference("W")


def order_reference() -> str:
    return random_reference("K")


def quote_reference() -> str:
    return random_reference("Q")


def secret_key() -> str:
    """256 random bits as text, for what a browser's session or a URL keeps."""
    return secrets.token_urlsafe(32)
