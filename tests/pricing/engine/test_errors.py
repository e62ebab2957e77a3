"""Refusals travel as code and parameters, and come back with the same words."""

import json
import string

import pytest

from pricing.engine import errors
from pricing.engine.errors import MESSAGES, EngineGaveUp, FalseTriangleCount, ModelRefused, message_of, refusal

NAMED = set(MESSAGES)


def test_a_refusal_comes_back_from_what_was_stored():
    stored = json.loads(json.dumps(FalseTriangleCount(announced=9, present=8).to_json()))

    again = refusal(stored["code"], stored["params"])

    assert type(again) is FalseTriangleCount
    assert again.params == {"announced": 9, "present": 8}
    assert again.message == str(FalseTriangleCount(announced=9, present=8))
    assert "announces 9 triangles" in again.message


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_code_has_a_refusal_of_its_own(code):
    assert refusal(code).code == code
    assert refusal(code).message == MESSAGES[code].format_map(dict.fromkeys(places(MESSAGES[code]), "?"))


def test_every_refusal_has_a_message():
    with_code = {kind.code for kind in every_kind(ModelRefused) if "code" in vars(kind)}

    assert with_code - {"model_refused"} == NAMED


def test_only_the_engine_giving_up_is_worth_another_attempt():
    worth = {code for code in NAMED if isinstance(refusal(code), EngineGaveUp)}

    assert worth == {"engine_out_of_memory", "engine_timeout", "engine_crashed", "engine_busy"}


def test_a_code_that_nobody_knows_is_a_key_error():
    with pytest.raises(KeyError):
        refusal("too_ugly")


def test_a_code_of_a_later_version_still_has_words():
    assert message_of("too_ugly", {}) == "This model can't be priced."


def test_the_tree_in_the_module_names_every_code():
    assert all(code in (errors.__doc__ or "") for code in NAMED)


def places(template):
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def every_kind(kind):
    return {kind}.union(*(every_kind(child) for child in kind.__subclasses__()))
