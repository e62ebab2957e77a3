"""Search that forgives typos: by trigrams, the runs of three letters that two words share."""

from collections.abc import Iterable
from typing import Final

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import F, Q, Value

from shop.models import Product

LIKE_ENOUGH: Final = 0.39  # one wrong letter amid a word of six gives 0.4
_OF_THE_BEST: Final = 0.6  # beside a word that is right, one that only sounds like it is noise
MOST_HITS: Final = 500
_MOST_WORDS: Final = 6


def slugs_like(search: str) -> list[str]:
    """Products for sale in which every word of a search occurs, or one much like it; the likest first."""
    words = search.casefold().split()[:_MOST_WORDS]
    if not words:
        return []
    found = _by_postgresql(words) if connection.vendor == "postgresql" else _by_python(words)
    least = _OF_THE_BEST * max((likeness for _slug, likeness in found), default=0.0)
    return [slug for slug, likeness in found if likeness >= least]


def _by_postgresql(words: list[str]) -> list[tuple[str, float]]:
    """Uses index product_search_trigram."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, false)", [str(LIKE_ENOUGH)])
    found = Product.objects.for_sale()
    likeness = Value(0.0)
    for word in words:
        found = found.filter(TrigramWordSimilar(F("search_text"), word))
        likeness = likeness + TrigramWordSimilarity(word, "search_text")  # type: ignore[assignment]
    ranked = found.annotate(likeness=likeness).order_by("-likeness", "rank", "slug")
    return list(ranked.values_list("slug", "likeness")[:MOST_HITS])


def _by_python(words: list[str]) -> list[tuple[str, float]]:
    """The same, as pg_trgm counts it, over all products: SQLite is for one machine and a small catalogue."""
    rows = Product.objects.for_sale().exclude(Q(search_text="")).order_by("rank", "slug")
    ranked = []
    for slug, text in rows.values_list("slug", "search_text")[:5000]:
        likeness = [word_likeness(word, text) for word in words]
        if min(likeness) >= LIKE_ENOUGH:
            ranked.append((slug, sum(likeness)))
    return sorted(ranked, key=lambda hit: -hit[1])[:MOST_HITS]


def word_likeness(word: str, text: str) -> float:
    """How like the word is to the likest part of a word of the text, as pg_trgm's word_similarity counts it."""
    wanted = frozenset(_trigrams(word))
    return max((_likeness(wanted, _trigrams(one)) for one in _words(text)), default=0.0)


def _likeness(wanted: frozenset[str], word: list[str]) -> float:
    """The trigrams that are shared with a run of the word's, of all that either has; the best run counts."""
    places = [place for place, trigram in enumerate(word) if trigram in wanted]
    runs = (set(word[first : last + 1]) for first in places for last in places if first <= last)
    return max((len(wanted & run) / len(wanted | run) for run in runs), default=0.0)


def _words(text: str) -> Iterable[str]:
    return {"".join(letter for letter in one if letter.isalnum()) for one in text.casefold().split()} - {""}


def _trigrams(word: str) -> list[str]:
    padded = f"  {word} "
    return [padded[place : place + 3] for place in range(len(padded) - 2)]
