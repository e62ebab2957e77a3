"""A customer's address book."""

from dataclasses import dataclass
from typing import Self

from shop.models import Address, Customer
from shop.states import ADDRESS_FIELDS


@dataclass(frozen=True, slots=True)
class AddressRow:
    id: int
    name: str
    phone: str
    address: str
    postal_code: str
    city: str
    country: str
    is_usual: bool

    @classmethod
    def of(cls, address: Address) -> Self:
        return cls(**{name: getattr(address, name) for name in cls.__slots__})

    def told(self) -> dict[str, str]:
        """What a form about an address asks for."""
        return {name: getattr(self, name) for name in ADDRESS_FIELDS}


def addresses_of(customer: Customer | None) -> tuple[AddressRow, ...]:
    """The usual one first; few, by shop.services.addresses."""
    if customer is None:
        return ()
    own = Address.objects.filter(customer=customer).order_by("-is_usual", "pk")
    return tuple(AddressRow.of(address) for address in own)
