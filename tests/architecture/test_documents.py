"""The documents say what the code does, or a test fails."""

import re
from dataclasses import fields

from config.env import BASE_DIR, Environment
from config.subscriptions import SUBSCRIPTIONS
from tests.architecture.states import document

DOCS = BASE_DIR / "docs"
INTERNAL = {"DB_POOL", "QUEUE_NAME"}


def test_every_variable_is_documented_and_every_documented_one_exists():
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (DOCS / "configuration.md").read_text(), re.MULTILINE))
    existing = {field.name.upper() for field in fields(Environment)} - INTERNAL

    assert documented == existing


def test_the_diagrams_of_states_are_those_of_the_code():
    assert (DOCS / "states.md").read_text() == document()


def test_the_event_table_of_the_architecture_is_that_of_the_code():
    text = (DOCS / "architecture.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (.+) \|$", text, re.MULTILINE))
    documented = {fact: re.findall(r"`([a-z_.]+)`", listeners) for fact, listeners in rows.items()}

    assert documented == SUBSCRIPTIONS


def test_every_link_to_a_file_leads_somewhere():
    for page in [BASE_DIR / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_every_decision_is_listed():
    listed = (DOCS / "decisions" / "README.md").read_text()

    assert all(page.name in listed for page in (DOCS / "decisions").glob("0*.md"))
