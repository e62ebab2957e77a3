"""Designs and pictures in a bucket: a real S3 server on this machine, no path on any disk."""

import socket
import subprocess
import sys
import time

import pytest
from django.core.files.storage import default_storage

from config.settings.storage import default_storage as storage_of
from pricing import tasks
from pricing.models import Design
from pricing.services.designs import local_file, measurement_of
from pricing.states import QuoteStatus
from tests.factories.pricing import RING, make_design, make_measurement, make_requested_quote


def test_without_an_address_files_are_kept_in_a_folder():
    assert storage_of("") == {"BACKEND": "django.core.files.storage.FileSystemStorage"}


def test_an_address_says_bucket_place_key_and_server():
    options = storage_of("s3://key:se%2Fcret@karat/shop?endpoint_url=http://127.0.0.1:9000&region_name=eu-west-1")[
        "OPTIONS"
    ]

    assert options == {
        "bucket_name": "karat",
        "location": "shop",
        "access_key": "key",
        "secret_key": "se/cret",
        "endpoint_url": "http://127.0.0.1:9000",
        "region_name": "eu-west-1",
        "addressing_style": "path",
        "file_overwrite": False,
        "signature_version": "s3v4",
        "max_memory_size": 8 * 1024 * 1024,
    }


def test_a_bucket_of_amazon_needs_nothing_but_its_name():
    options = storage_of("s3://karat")["OPTIONS"]

    assert (options["bucket_name"], options["location"]) == ("karat", "")
    assert options.keys().isdisjoint({"access_key", "endpoint_url", "addressing_style"})


@pytest.mark.django_db
def test_a_file_in_a_folder_is_not_copied():
    design = make_design()

    with local_file(design.file) as path:
        assert str(path) == design.file.path


@pytest.fixture(scope="module")
def server():
    """The address of an S3 server in a process of its own."""
    pytest.importorskip("moto")
    pytest.importorskip("storages")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            assert time.monotonic() < deadline, "the S3 server does not start"
            time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


@pytest.fixture
def bucket(server, settings):
    """The project's files in a bucket; the names of what lies in it."""
    import boto3

    address = f"s3://key:secret@karat/shop?endpoint_url={server}&region_name=us-east-1"
    client = boto3.client(
        "s3", endpoint_url=server, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket="karat")
    settings.STORAGES = {**settings.STORAGES, "default": storage_of(address)}

    def names():
        return sorted(one["Key"] for one in client.list_objects_v2(Bucket="karat").get("Contents", []))

    yield names
    for name in names():
        client.delete_object(Bucket="karat", Key=name)


@pytest.mark.django_db
def test_a_design_in_a_bucket_is_measured_as_in_a_folder(bucket):
    design = make_design()
    with pytest.raises(NotImplementedError):
        _ = design.file.path

    measurement = measurement_of(design, unit="")

    assert measurement.figures["volume_mm3"] > 0
    drawn = [measurement.preview.name, measurement.web_model.name]
    assert sorted(bucket()) == sorted(f"shop/{name}" for name in [design.file.name, *drawn])
    with local_file(design.file) as path:
        assert path.read_bytes() == RING.read_bytes()
    assert not path.exists()


@pytest.mark.django_db
def test_the_same_bytes_are_one_object(bucket):
    make_design()
    make_design()

    assert len(bucket()) == Design.objects.count() == 1


@pytest.mark.django_db
def test_a_picture_in_a_bucket_is_served_and_a_missing_one_is_not_found(bucket, client):
    measurement = make_measurement()

    page = client.get(measurement.picture_url)

    assert page.status_code == 200
    assert page.content.startswith(b"\x89PNG")
    default_storage.delete(measurement.preview.name)
    assert client.get(measurement.picture_url).status_code == 404


@pytest.mark.django_db
def test_a_worker_prices_a_design_from_a_bucket(bucket):
    quote = make_requested_quote()

    tasks.price_next_quote()

    quote.refresh_from_db()
    assert quote.status == QuoteStatus.PRICED
