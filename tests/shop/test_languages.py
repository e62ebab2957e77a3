import pytest
from django.conf import settings

from config.kernel.messages import compile_messages

pytestmark = pytest.mark.django_db


def test_a_russian_reader_gets_russian_pages(client):
    page = client.get("/catalogue/", headers={"accept-language": "ru"}).content.decode()

    assert '<html lang="ru">' in page
    assert "Каталог" in page


def test_a_translation_is_compiled_when_its_source_changed_and_not_again(tmp_path):
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(header + 'msgid "ring"\nmsgstr "кольцо"\n', encoding="utf-8")

    assert len(compile_messages([tmp_path])) == 1
    assert compile_messages([tmp_path]) == []
    assert "кольцо".encode() in (folder / "django.mo").read_bytes()


def test_the_compiled_translations_are_as_new_as_their_sources():
    assert compile_messages(settings.LOCALE_PATHS) == []
