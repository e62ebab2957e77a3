"""Files that were made to harm: each is refused by its name, at once and in little memory."""

import time
import tracemalloc

import pytest

from pricing.engine.errors import ModelRefused
from pricing.engine.formats import read_model
from tests.pricing.engine.hostile import hostile_files

FILES = hostile_files()


def test_there_are_many():
    assert len(FILES) >= 100


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_by_its_name(name):
    content, code = FILES[name]
    start = time.perf_counter()

    with pytest.raises(ModelRefused) as refused:
        read_model(content)

    assert refused.value.code == code
    assert time.perf_counter() - start < 15  # on a busy machine; most take milliseconds


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_takes_little_memory(name):
    content, _ = FILES[name]
    tracemalloc.start()
    try:
        with pytest.raises(ModelRefused):
            read_model(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 20_000_000 + 8 * len(content)
