"""Who is calling: a partner, by his key."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request
from typing_extensions import override

from config.kernel.addresses import address_of
from external_orders.api.throttles import BAD_KEYS, require
from external_orders.errors import KeyRefused
from external_orders.models import Partner, PartnerKey
from external_orders.services.keys import authenticate


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer jwl_…`. Whatever is wrong with the key, the answer is the same.

    Bad keys of an address are counted, good ones never: nobody is locked out by a neighbour's mistakes.
    """

    @override
    def authenticate(self, request: Request) -> tuple[Partner, PartnerKey]:
        scheme, _, plain = get_authorization_header(request).partition(b" ")
        address = address_of(request._request)
        is_bearer = scheme.lower() == b"bearer"
        key = authenticate(plain=plain.strip().decode("latin-1"), address=address) if is_bearer else None
        if key is None:
            require(BAD_KEYS, address)
            raise KeyRefused
        return key.partner, key

    @override
    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
