"""Nothing is lost and nothing overtakes while senders are killed and the receiver misbehaves; see chaos.py."""

from pathlib import Path

import pytest

from tests.external_orders import chaos
from tests.faults.postgresql import own_server

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def test_every_change_arrives_once_in_order_while_everything_fails(tmp_path: Path) -> None:
    variables = chaos.private(tmp_path, None)

    report = chaos.run(changes=80, kills=1, folder=tmp_path, variables=variables)

    assert report.broken == []
    assert report.events >= 80
    assert report.repetitions > 0


@pytest.mark.postgres
def test_and_while_postgresql_crashes(tmp_path: Path) -> None:
    with own_server() as server:
        assert server is not None, "initdb is missing"
        variables = chaos.private(tmp_path, server)
        report = chaos.run(changes=80, kills=1, folder=tmp_path, variables=variables, server=server)

    assert report.broken == []
    assert (report.crashes, report.events >= 80) == (1, True)
