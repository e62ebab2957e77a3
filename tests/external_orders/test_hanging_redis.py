"""A Redis that takes connections and says nothing: an order waits for it once and is written all the same."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.kernel.resting import TIMEOUT_S
from config.settings.cache import default_cache
from external_orders.api import throttles
from external_orders.models import ExternalOrder, Partner
from tests.factories.external_orders import SHIP_TO, make_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken() -> Iterator[tuple[str, list[socket.socket]]]:
    """Its address, and the connections it took."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_take_all, args=(server, connections), daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0", connections
        server.shutdown(socket.SHUT_RDWR)
    for one in connections:
        one.close()


def _take_all(server: socket.socket, connections: list[socket.socket]) -> None:
    try:
        while True:
            connections.append(server.accept()[0])
    except OSError:  # closed
        return


def test_an_order_waits_once_for_a_redis_that_hangs(api, partner: Partner, settings, monkeypatch, taken) -> None:
    address, connections = taken
    quote = make_quote(partner)
    monkeypatch.setattr(throttles, "_shared", throttles._Shared())
    settings.CACHES = {**settings.CACHES, "default": default_cache(address, Path())}

    body = {"quote_id": quote.public_id, "reference": "PO-1", "ship_to": SHIP_TO}
    answers = [api.post("orders", body, key="k"), api.post("orders", body, key="k"), api.get("orders")]

    assert [answer.status_code for answer in answers] == [201, 201, 200]
    assert ExternalOrder.objects.get().status == "confirmed"
    assert (len(connections), TIMEOUT_S) == (1, 0.2)
