"""The bench: take, start, finish. Reloading shows the same list and, while nothing changed, costs no page."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_POST, require_safe

from config.kernel.paths import Reference
from mes.models import Operation, WorkCentre
from mes.selectors import bench as pages
from mes.selectors import work_centres_of
from mes.services import metal, operations, rework
from mes.states import OperationStatus
from mes.views.reasons import GiveBack, OutOfTurn, Problem, Rework, chosen
from mes.views.seen import render_unless_seen

_A_DAY = 86_400
# A scanner presses keys; under a Russian layout they write other letters.
_LATIN = str.maketrans("ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ", "QWERTYUIOPASDFGHJKLZXCVBNM")
_REASONS = {"give_back": GiveBack.choices, "problems": Problem.choices, "rework": Rework.choices}

Bench = Callable[..., HttpResponse]


class OperatorRequest(HttpRequest):
    """A request of somebody who may work at the bench."""

    user: User


def bench(view: Bench) -> Bench:
    """Opens a view to operators only: others are asked to sign in, or told kindly that this isn't theirs."""

    @wraps(view)
    def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return login_required(permission_required("mes.work_at_bench", raise_exception=True)(opened))


@require_safe
@bench
def home(request: OperatorRequest) -> HttpResponse:
    return _worklist(request, pages.bench_page(request.user))


@require_safe
@bench
def work_centre(request: OperatorRequest, code: str) -> HttpResponse:
    return _worklist(request, pages.bench_page(request.user, code))


def _worklist(request: OperatorRequest, page: pages.BenchPage | None) -> HttpResponse:
    if page is None:
        raise Http404
    return render_unless_seen(request, "mes/bench.html", page, page=page, **_REASONS)


@require_safe
@bench
def piece(request: OperatorRequest, operation_id: int) -> HttpResponse:
    page = pages.piece_page(request.user, operation_id)
    if page is None:
        raise Http404
    values = {"page": page, "piece": page.piece, "out_of_turn": OutOfTurn.choices, **_REASONS}
    return render_unless_seen(request, "mes/piece.html", page, **values)


@require_POST
@bench
def take_next(request: OperatorRequest, code: str) -> HttpResponse:
    centre = work_centres_of(request.user).filter(code=code).first()
    if centre is None:
        raise Http404
    operations.claim_next(work_centre_id=centre.pk, actor=request.user)
    return redirect("bench:work_centre", code)


@require_POST
@bench
def take(request: OperatorRequest, operation_id: int) -> HttpResponse:
    reason = chosen(request.POST.get("reason", ""), OutOfTurn, about="out of turn")
    operation = _operation(operations.claim_or_next, request, operation_id, reason=reason)
    if operation.pk != operation_id:
        messages.info(request, _("Somebody else took that piece. This is the next one."))
    return _done(operation)


@require_POST
@bench
def start(request: OperatorRequest, operation_id: int) -> HttpResponse:
    return _done(_operation(operations.start_operation, request, operation_id))


@require_POST
@bench
def finish(request: OperatorRequest, operation_id: int) -> HttpResponse:
    operation = _operation(operations.finish_operation, request, operation_id)
    messages.success(request, _("Finished: %(reference)s.") % {"reference": operation.work_order.reference})
    return _done(operation)


@require_POST
@bench
def give_back(request: OperatorRequest, operation_id: int) -> HttpResponse:
    reason = chosen(request.POST.get("reason", ""), GiveBack, about="given back")
    return _done(_operation(operations.give_back_operation, request, operation_id, reason=reason))


@require_POST
@bench
def problem(request: OperatorRequest, operation_id: int) -> HttpResponse:
    reason = chosen(request.POST.get("reason", ""), Problem, about="problem")
    operation = _operation(operations.report_problem, request, operation_id, reason=reason)
    messages.info(request, _("A planner has been told. Take the next one meanwhile."))
    return _done(operation)


@require_POST
@bench
def send_back(request: OperatorRequest, operation_id: int) -> HttpResponse:
    """To an earlier step: the value of the button is its place on the route."""
    reason = chosen(request.POST.get("reason", ""), Rework, about="rework")
    place = request.POST.get("back_to", "")
    back_to = int(place) if re.fullmatch(r"[0-9]{1,4}", place) else 0
    operation = _operation(rework.rework_operation, request, operation_id, reason=reason, back_to=back_to)
    return _done(operation)


@require_POST
@bench
def weigh(request: OperatorRequest, operation_id: int) -> HttpResponse:
    """All castings of a work order on the scales; a comma is as good as a point."""
    given = request.POST.get("weighed_g", "").strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", given) or not Decimal(given):
        messages.error(request, _("Please give the mass in grams, such as 4.25."))
        return redirect("bench:piece", operation_id)
    _operation(metal.weigh_castings, request, operation_id, weighed_g=Decimal(given))
    messages.success(request, _("Weighed: %(mass)s g.") % {"mass": given})
    return redirect("bench:piece", operation_id)


def _operation(
    service: Callable[..., Operation], request: OperatorRequest, operation_id: int, **values: str | int | Decimal
) -> Operation:
    """Call a service of the bench; an unknown piece is a page that isn't there."""
    try:
        return service(operation_id=operation_id, actor=request.user, **values)
    except ObjectDoesNotExist:
        raise Http404 from None


def _done(operation: Operation) -> HttpResponse:
    codes = WorkCentre.objects.values_list("code", flat=True)
    return redirect("bench:work_centre", codes.get(pk=operation.work_centre_id))


@require_safe
@bench
def find(request: OperatorRequest) -> HttpResponse:
    """Where a typed reference lands: an exact one and nothing else."""
    operation_id = _scanned(request, request.GET)
    return redirect("bench:piece", operation_id) if operation_id else redirect("bench:home")


@require_POST
@bench
def scan(request: OperatorRequest) -> HttpResponse:
    """Where a scanner lands: a piece in hand is started, a running one finished, any other one opened."""
    operation_id = _scanned(request, request.POST)
    if operation_id is None:
        return redirect("bench:home")
    operation = operations.go_on_with(operation_id=operation_id, actor=request.user)
    if operation is None:
        return redirect("bench:piece", operation_id)
    is_done = operation.status == OperationStatus.DONE
    said = _("Finished: %(reference)s.") if is_done else _("Started: %(reference)s. Scan it again when it is done.")
    messages.success(request, said % {"reference": operation.work_order.reference})
    return _done(operation)


def _scanned(request: OperatorRequest, sent: QueryDict) -> int | None:
    """The operation that a reference means to the operator; he is told when it means none."""
    reference = sent.get("reference", "").strip().upper().translate(_LATIN)
    known = re.fullmatch(Reference.regex, reference)
    operation_id = pages.operation_of_reference(request.user, reference) if known else None
    if operation_id is None:
        messages.error(request, _("There is nothing for you to do on “%(reference)s”.") % {"reference": reference[:20]})
    return operation_id


def _picture_tag(request: HttpRequest, operation_id: int) -> str:
    return f'"{salted_hmac("mes.picture", str(operation_id)).hexdigest()[:32]}"'


@require_safe
@bench
@condition(etag_func=_picture_tag)
def picture(request: OperatorRequest, operation_id: int) -> HttpResponse:
    """The engine's picture of a piece, without a date in its headers."""
    name = pages.picture_of(request.user, operation_id)
    if name is None:
        raise Http404
    try:
        with default_storage.open(name) as file:
            response = HttpResponse(file.read(), content_type="image/png")
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = f"private, max-age={_A_DAY}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@bench
def traveller(request: OperatorRequest, operation_id: int) -> HttpResponse:
    """The job card to print, named by its reference alone."""
    from mes import traveller as paper  # the PDF library is loaded when the first card is printed, not at every start
    from mes.selectors.travellers import traveller_for

    card = traveller_for(request.user, operation_id)
    if card is None:
        raise Http404
    response = HttpResponse(paper.render(card), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{card.reference}.pdf"'
    return response
