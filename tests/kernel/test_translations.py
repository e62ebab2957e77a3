"""Every sentence that a customer may read has its Russian words."""

import ast
import re
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[2]
# Names of columns are read by the company's people only.
PYTHON = ["config", "crm", "external_orders", "mes", "pricing", "shop"]
TEMPLATES = ["account", "admin", "components", "crm", "emails", "mes", "shop", "unfold", "*.html"]
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
TEXT = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
IN_TEMPLATE = re.compile(rf"\bn?gettext\({TEXT}")


def in_python(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(getattr(node, "func", None), "id", None)
        if (
            name in CALLS
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield node.args[0].value


def in_template(path):
    for literal in IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        yield ast.literal_eval(literal)


def files(place, ending):
    return [place] if place.is_file() else place.rglob(ending)


def sentences():
    for place in PYTHON:
        for path in files(ROOT / place, "*.py"):
            if not {"migrations", "models"} & set(path.parts):
                yield from ((text, path) for text in in_python(path))
    for found in TEMPLATES:
        for place in (ROOT / "templates").glob(found):
            for path in files(place, "*.*"):
                yield from ((text, path) for text in in_template(path))


def translated():
    source = Path(settings.LOCALE_PATHS[0]) / "ru" / "LC_MESSAGES" / "django.po"
    with source.open("rb") as file:
        catalogue = read_po(file, locale="ru")
    return {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and all([message.string] if isinstance(message.string, str) else message.string)
    }


def test_every_sentence_has_its_russian_words():
    known = translated()

    missing = {text: str(path.relative_to(ROOT)) for text, path in sentences() if text.strip() and text not in known}

    assert missing == {}


def test_a_sentence_without_russian_words_is_found(tmp_path):
    (tmp_path / "page.html").write_text('{% load i18n %}{% translate "Never said before" %}')
    (tmp_path / "code.py").write_text('from x import gettext as _\n_("Nor written")\n')

    found = [*in_template(tmp_path / "page.html"), *in_python(tmp_path / "code.py")]

    assert found == ["Never said before", "Nor written"]
    assert not set(found) & translated()
