import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_body_over_the_limit_is_refused_by_its_header_before_it_is_read(client: Client, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024

    answer = client.post("/design/", {"model": ""}, headers={"content-length": str(9 * 1024 * 1024)})

    assert answer.status_code == 413
    assert "at most 1 MB" in answer.content.decode()


def test_a_body_within_the_limit_reaches_its_form(client: Client):
    answer = client.post("/design/", {"kind": "ring"})

    assert answer.status_code == 400
    assert "choose the file" in answer.content.decode()
