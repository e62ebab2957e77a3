"""What a visitor looks for and what answers it: filters, their counts, sorting, pages. Pure: no database or request."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

PAGE_SIZE: Final = 24
MOST_LETTERS: Final = 60  # of a search

# Values of a facet that exclude each other; of the others several may be chosen.
SINGLE: Final = ("price", "ready")
FACETS: Final = ("collection", "metal", "stone", "price", "size", "ready")
PRICE_BANDS: Final[Mapping[str, tuple[int, int | None]]] = {
    "0-200": (0, 200),
    "200-500": (200, 500),
    "500-1000": (500, 1000),
    "1000-": (1000, None),
}
READY_DAYS: Final = ("7", "14", "21", "28")
SORTS: Final = ("", "price", "-price", "ready")


@dataclass(frozen=True, slots=True)
class Piece:
    """A product as the catalogue lists it. prices: alloy → lowest price; stones: cuts, empty for none."""

    slug: str
    name: str
    shelf: str
    collection: str
    picture: str
    currency: str
    colours: tuple[str, ...]
    prices: Mapping[str, Decimal]
    alloys: tuple[str, ...]
    sizes: tuple[str, ...]
    stones: tuple[str, ...]
    ready_on: date | None
    pieces: int

    def price_from(self, alloys: Sequence[str] = ()) -> Decimal | None:
        """The lowest price, in one of these alloys when some are meant."""
        return min((price for alloy, price in self.prices.items() if not alloys or alloy in alloys), default=None)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor asked for, understood: values that nothing has are left out."""

    shelf: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    search: str = ""
    sort: str = ""
    page: int = 1

    def values(self, facet: str) -> tuple[str, ...]:
        return dict(self.chosen).get(facet, ())

    def query(self) -> str:
        """The one way to write this wish in an address."""
        pairs = [("q", self.search)] if self.search else []
        pairs += [(facet, value) for facet, values in self.chosen for value in values]
        pairs += [("sort", self.sort)] if self.sort else []
        pairs += [("page", str(self.page))] if self.page > 1 else []
        return urlencode(pairs)

    def on_page(self, page: int) -> "Wish":
        return replace(self, page=page)

    def without(self, facet: str, value: str) -> "Wish":
        kept = ((name, tuple(v for v in values if (name, v) != (facet, value))) for name, values in self.chosen)
        return replace(self, chosen=tuple(pair for pair in kept if pair[1]), page=1)


def read_wish(shelf: str, lists: Callable[[str], list[str]], known: Mapping[str, Iterable[str]]) -> Wish:
    """lists(name) gives what was sent under a name; known: the values that each facet has."""
    chosen = []
    for facet in FACETS:
        asked = set(lists(facet))
        values = tuple(value for value in known.get(facet, ()) if value in asked)
        if values:
            chosen.append((facet, values[:1] if facet in SINGLE else values))
    sort, page = _last(lists("sort")), _last(lists("page"))
    return Wish(
        shelf=shelf,
        chosen=tuple(chosen),
        search=" ".join(_last(lists("q")).replace("\0", " ").split())[:MOST_LETTERS],
        sort=sort if sort in SORTS else "",
        page=max(1, int(page)) if page.isdecimal() and len(page) < 5 else 1,
    )


def _last(values: list[str]) -> str:
    return values[-1] if values else ""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what answers a wish, how many answer it, and of each facet's values how many would."""

    pieces: tuple[Piece, ...]
    total: int
    pages: int
    counts: Mapping[str, Mapping[str, int]]


def find(pieces: Sequence[Piece], wish: Wish, *, today: date, hits: Sequence[str] | None = None) -> Found:
    """hits: the slugs a search found, best first; None when nothing was searched for."""
    shown = _on_shelf(pieces, wish, hits)
    held = {facet: [_holds(piece, wish, facet, today) for piece in shown] for facet in FACETS}
    answers = [piece for place, piece in enumerate(shown) if all(held[facet][place] for facet in FACETS)]
    counts: dict[str, Mapping[str, int]] = {}
    for facet in FACETS:  # a facet's counts leave its own choice out: they say what another choice would find
        others = [name for name in FACETS if name != facet]
        fits = (piece for place, piece in enumerate(shown) if all(held[name][place] for name in others))
        counts[facet] = Counter(value for piece in fits for value in _values_of(piece, facet, wish, today))
    ordered = _ordered(answers, wish)
    first = (wish.page - 1) * PAGE_SIZE
    pages = max(1, -(-len(ordered) // PAGE_SIZE))
    return Found(tuple(ordered[first : first + PAGE_SIZE]), len(ordered), pages, counts)


def _on_shelf(pieces: Sequence[Piece], wish: Wish, hits: Sequence[str] | None) -> list[Piece]:
    if hits is not None:
        by_slug = {piece.slug: piece for piece in pieces}
        pieces = [by_slug[slug] for slug in hits if slug in by_slug]
    return [piece for piece in pieces if not wish.shelf or piece.shelf == wish.shelf]


def _holds(piece: Piece, wish: Wish, facet: str, today: date) -> bool:
    wanted = wish.values(facet)
    return not wanted or not set(wanted).isdisjoint(_values_of(piece, facet, wish, today))


def _values_of(piece: Piece, facet: str, wish: Wish, today: date) -> Iterable[str]:
    """Under which values of a facet a piece is found."""
    if facet == "collection":
        return (piece.collection,) if piece.collection else ()
    if facet == "metal":
        return piece.alloys
    if facet == "stone":
        return piece.stones or ("none",)
    if facet == "size":
        return piece.sizes
    if facet == "ready":
        return () if piece.ready_on is None else _weeks(piece.ready_on, today)
    return _bands(piece.price_from(wish.values("metal")))


def _weeks(ready_on: date, today: date) -> Iterable[str]:
    return [days for days in READY_DAYS if ready_on <= today + timedelta(days=int(days))]


def _bands(price: Decimal | None) -> Iterable[str]:
    if price is None:
        return []
    return [band for band, (low, high) in PRICE_BANDS.items() if low <= price and (high is None or price < high)]


def _ordered(pieces: list[Piece], wish: Wish) -> list[Piece]:
    """In the company's order, or the search's, unless asked otherwise; what has no price yet comes last."""
    if wish.sort == "ready":
        return sorted(pieces, key=lambda piece: piece.ready_on or date.max)
    if wish.sort in {"price", "-price"}:
        priced = [(piece.price_from(wish.values("metal")), piece) for piece in pieces]
        known = [(price, piece) for price, piece in priced if price is not None]
        known.sort(key=lambda pair: pair[0], reverse=wish.sort == "-price")
        return [piece for _, piece in known] + [piece for price, piece in priced if price is None]
    return pieces
