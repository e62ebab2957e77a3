"""What a catalogue page says to one person: his name and basket, from a signed cookie, so that it costs no look-up.

The cookie only decides what is greeted and counted, never what is allowed. It is bound to the session's cookie: after
signing in or out another session is there, the cookie no longer fits, and the next page asks the database once.
"""

import hashlib
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from shop.selectors.pages import PersonalPart

COOKIE: Final = "person"
_HOURS: Final = 3600
_SALT: Final = "shop.person"
STRANGER: Final = PersonalPart()


def person_told(cookies: Mapping[str, str]) -> PersonalPart | None:
    """Whom the cookies tell of; None when only the database can say. Without a session there is nothing to ask."""
    session = cookies.get(settings.SESSION_COOKIE_NAME)
    if not session:
        return STRANGER
    cookie = cookies.get(COOKIE)
    return _read(cookie, session, int(time.time() // 60)) if cookie else None


@lru_cache(maxsize=4096)
def _read(cookie: str, session: str, minute: int) -> PersonalPart | None:
    """minute: what was read is read again a minute later, so that an old cookie ends."""
    try:
        digest, name, basket_count, is_signed_in = signing.loads(cookie, salt=_SALT, max_age=_HOURS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return PersonalPart(name, basket_count, is_signed_in) if digest == _digest(session) else None


def remember_person(request: HttpRequest, response: HttpResponse, person: PersonalPart) -> None:
    """Give the browser the cookie that tells of this person, unless it has it."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not session or session != request.session.session_key or person_told(request.COOKIES) == person:
        return
    told = [_digest(session), person.name, person.basket_count, person.is_signed_in]
    response.set_cookie(
        COOKIE,
        signing.dumps(told, salt=_SALT),
        max_age=_HOURS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _digest(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()[:16]
