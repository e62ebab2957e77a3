"""What may stand in a URL: anything else is no page, without asking the database."""


class Reference:
    """A reference as `config.kernel.references.random_reference` makes it."""

    regex = r"[A-Z]-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Key:
    """A primary key: a number of at most 63 bits."""

    regex = r"[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        key = int(value)
        if key >= 2**63:
            raise ValueError("not a key")
        return key

    def to_url(self, value: int) -> str:
        return str(value)
