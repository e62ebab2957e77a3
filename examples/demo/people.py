"""The people of the demo. Each knows Karat only as he does in life: by its pages, or by its API."""

import html
import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

PASSWORD = "karat-demo-2026"  # noqa: S105  (the demo's, printed at the start of `make run`)
_PATIENCE_SECONDS = 90


class WentWrong(Exception):
    """Something of the main job did not happen; the text says what."""


class Person:
    """Somebody with a browser."""

    def __init__(self, base_url: str, email: str) -> None:
        self.base_url, self.email = base_url, email
        self.browser = requests.Session()
        self.browser.headers["Referer"] = f"{base_url}/"  # a refusal leads back to the page one came from

    def sign_in(self) -> None:
        self.open("/sign-in/")
        self.send("/sign-in/", email=self.email, password=PASSWORD)
        if "sessionid" not in self.browser.cookies:
            raise WentWrong(f"{self.email} can't sign in: is this system seeded with the demo data?")

    def open(self, path: str) -> str:
        answer = self.browser.get(f"{self.base_url}{path}", timeout=30)
        if not answer.ok:
            raise WentWrong(f"{self.email}: {path} answered {answer.status_code}")
        self.browser.headers["Referer"] = answer.url
        return answer.text

    def send(self, path: str, *, files: dict[str, Any] | None = None, **fields: str) -> requests.Response:
        """Send a form as a browser does, with its token, and follow to the page that answers."""
        if "csrftoken" not in self.browser.cookies:
            self.open("/sign-in/")
        fields["csrfmiddlewaretoken"] = self.browser.cookies["csrftoken"]
        answer = self.browser.post(f"{self.base_url}{path}", data=fields, files=files, timeout=60)
        if not answer.ok:
            raise WentWrong(f"{self.email}: {path} answered {answer.status_code}")
        return answer


def until(what: str, look: Any) -> Any:
    """Look again and again until there is something to see."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(0.2)
    raise WentWrong(f"{what} did not happen within {_PATIENCE_SECONDS} s")


def attribute(page: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', page)
    return html.unescape(found.group(1)) if found else ""


class Customer(Person):
    """Uploads a ring, waits for its price, orders it and looks what becomes of it."""

    def upload(self, model: Path, *, quantity: int = 1) -> str:
        """The address of the waiting page."""
        with model.open("rb") as file:
            answer = self.send(
                "/design/",
                files={"model": (model.name, file)},
                kind="ring",
                alloy="au585-yellow",
                finish="polished",
                size="17",
                quantity=str(quantity),
            )
        path = answer.url.removeprefix(self.base_url)
        if not path.startswith("/quotes/"):
            raise WentWrong(f"the upload was not taken: {_errors(answer.text)}")
        return path

    def price_of(self, quote_path: str) -> str | None:
        page = self.open(f"{quote_path}state/")
        state = attribute(page, "data-state")
        if state in {"not_manufacturable", "failed"}:
            raise WentWrong(f"the ring was refused: {state}")
        return attribute(page, "data-price") if state == "priced" else None

    def order(self, quote_path: str) -> str:
        """Put the piece in the basket and check out; the address of the order's page."""
        self.send(f"{quote_path}basket/")
        form = self.open("/checkout/")
        key = re.search(r'name="checkout_key" value="([^"]+)"', form)
        if key is None:
            raise WentWrong("the checkout shows no form")
        answer = self.send(
            "/checkout/",
            checkout_key=key.group(1),
            way="post",
            terms="on",
            name="Vera Lind",
            email=self.email,
            address="1 Market Street",
            postal_code="0150",
            city="Oslo",
            country="NO",
            note="",
        )
        path = answer.url.removeprefix(self.base_url)
        if not path.startswith("/orders/"):
            raise WentWrong(f"the order was not taken: {_errors(answer.text)}")
        return path

    def stages_of(self, order_path: str) -> dict[str, datetime]:
        """What the order's page says: which stage was reached when."""
        page = self.open(order_path)
        found = re.findall(r'<li[^>]*data-stage="(\w+)"(?:(?!</li>).)*?datetime="([^"]+)"', page, re.DOTALL)
        return {stage: datetime.fromisoformat(at) for stage, at in found}


def _errors(page: str) -> str:
    found = re.findall(r'class="[^"]*wrong[^"]*"[^>]*>(.*?)<', page, re.DOTALL)
    return " ".join(text.strip() for text in found) or "the page does not say why"


class Operator(Person):
    """Takes the next piece, makes it, takes the next; he neither knows nor can know whose it is."""

    def work_centres(self) -> list[str]:
        found: list[str] = re.findall(r'href="/mes/bench/at/([a-z0-9-]+)/"', self.open("/mes/bench/"))
        return list(dict.fromkeys(found))

    def make_next(self, work_centre: str) -> bool:
        """Take the next piece of a work centre, start and finish it; False when there is nothing to take."""
        page = self.send(f"/mes/bench/at/{work_centre}/take-next/").text
        to_start = self._forms(page, "start")
        for path in to_start:
            self.send(path)
        for path in self._forms(self.open("/mes/bench/"), "finish"):
            self.send(path)
        return bool(to_start)

    @staticmethod
    def _forms(page: str, what: str) -> list[str]:
        return re.findall(rf'action="(/mes/bench/pieces/\d+/{what}/)"', page)

    def rounds(self) -> Iterator[int]:
        """Go from work centre to work centre; after each round, how many pieces were made in it."""
        centres = self.work_centres()
        while True:
            yield sum(self.make_next(centre) for centre in centres)


class Staff(Person):
    """A seller or a partner manager, who hands the parcel to the carrier."""

    def ship(self, list_path: str, reference: str, tracking_number: str) -> None:
        page = self.open(f"{list_path}?q={reference}")
        found = re.search(rf'href="({re.escape(list_path)}\d+)/change/', page)
        if found is None:
            raise WentWrong(f"{reference} is not on {list_path}")
        self.send(f"{found.group(1)}/ship/", text=tracking_number)

    def issue_key(self, partner: str) -> str:
        """Issue a partner's API key, which is shown once."""
        page = self.open("/mes/external_orders/partner/")
        found = re.search(rf'href="(/mes/external_orders/partner/\d+)/change/[^"]*"[^>]*>\s*{partner}', page)
        if found is None:
            raise WentWrong(f"there is no partner {partner}")
        shown = re.search(r'id="partner-key"[^>]*>([^<]+)<', self.send(f"{found.group(1)}/issue_key/").text)
        if shown is None:
            raise WentWrong("the key was not shown")
        return html.unescape(shown.group(1)).strip()
