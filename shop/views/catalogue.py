"""Home, catalogue, product: pages that are kept for everybody (shop/kept_pages.py)."""

from collections.abc import Callable
from typing import Any

from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from shop import selectors
from shop.browsing import Wish
from shop.kept_pages import KeptPage, answer_page, kept_body, language_asked, remember_language, render_body
from shop.structured import home_facts, product_facts
from shop.views.people import known_customer, person_of
from shop.visiting import remember_person

_MOST_CHOICES = 1  # pages of more are rendered anew: there are endlessly many of them

Render = Callable[[], str | None]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    def render() -> str:
        return render_body("shop/home.html", {"page": selectors.home_page(), "facts": home_facts()}, path=request.path)

    return _answer(request, lambda _: ("", render))


@require_safe
def products(request: HttpRequest, shelf: str | None = None) -> HttpResponse:
    def asked(lists: Callable[[str], list[str]]) -> tuple[str | None, Render]:
        wish = selectors.wish_of(shelf, lists)
        if wish is None:
            raise Http404
        values = {"page": selectors.catalogue_page(wish), "query": wish.query()} if not _is_kept(wish) else None

        def render() -> str:
            told = values or {"page": selectors.catalogue_page(wish), "query": wish.query()}
            return render_body("shop/catalogue.html", told, path=request.path)

        return (wish.query() if _is_kept(wish) else None), render

    return _answer(request, asked)


def _is_kept(wish: Wish) -> bool:
    """Whether this page is one of few: a search's text is anybody's, and choices multiply."""
    return not wish.search and sum(len(values) for _, values in wish.chosen) + bool(wish.sort) <= _MOST_CHOICES


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    def asked(lists: Callable[[str], list[str]]) -> tuple[str | None, Render]:
        sku = next(iter(lists("sku")), "")
        page = selectors.product_page(slug, sku=sku)
        if page is None:
            raise Http404
        is_named = page.chosen is not None and page.chosen.sku == sku
        query = f"sku={sku}" if is_named else ""
        told = {"page": page, "facts": product_facts(page), "query": query}
        return query, lambda: render_body("shop/product.html", told, path=request.path)

    return _answer(request, asked)


def _answer(
    request: HttpRequest, asked: Callable[[Callable[[str], list[str]]], tuple[str | None, Render]]
) -> HttpResponse:
    """asked gives the one way to write the page's query, None when the page isn't kept, and how it is rendered."""
    named, _query = language_asked(request.META.get("QUERY_STRING", ""))
    if named:
        translation.activate(named)  # LocaleMiddleware ends it
    query, render = asked(request.GET.getlist)
    page = kept_body(request.path, query, render) if query is not None else _rendered(render)
    if page is None:
        raise Http404
    person = person_of(request, known_customer(request))
    response = answer_page(request, page, person, messages=_messages(request))
    remember_language(response, named)
    remember_person(request, response, person)
    return response


def _rendered(render: Render) -> KeptPage | None:
    body = render()
    return None if body is None else KeptPage.of(body)


def _messages(request: HttpRequest) -> str:
    told: list[Any] = list(get_messages(request))
    return render_to_string("components/told.html", {"messages": told}) if told else ""


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page of the catalogue in both languages, for search engines."""
    everything = selectors.catalogue()
    body = render_body("shop/sitemap.xml", {"catalogue": everything}, path=request.path)
    return HttpResponse(body, content_type="application/xml")
