"""Translations compiled by Babel where they are older than their source: a bare machine has no gettext."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_messages(folders: list[Path]) -> list[Path]:
    """Compile every django.po below the folders whose django.mo is missing or older; the sources that were compiled."""
    sources = [source for folder in folders for source in sorted(Path(folder).glob("*/LC_MESSAGES/django.po"))]
    stale = [source for source in sources if _is_stale(source)]
    for source in stale:
        _compile(source)
    return stale


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    # Put in place at once, so that no process reads half of it; two that compile together have a file each.
    with NamedTemporaryFile(dir=source.parent, prefix=".", suffix=".mo", delete=False) as compiled:
        write_mo(compiled, catalogue)
    fresh = Path(compiled.name)
    fresh.chmod(0o644)
    fresh.replace(source.with_suffix(".mo"))
