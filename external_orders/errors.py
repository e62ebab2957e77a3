"""What external orders refuse.

DomainError ─ KeyRefused 401 · NotFound 404 · IdempotencyKeyMissing 400 · IdempotencyKeyInvalid 400 ·
IdempotencyKeyReused 422 · IdempotencyInProgress 409 · DuplicateReference 409 · NotCancellable 409 ·
WebhookUrlRefused 400 · TooManyEndpoints 409 · EndpointDisabled 409 · NotReplayable 409 · TrackingMissing 400 ·
PrefixMistyped 400 · UnknownSku 400 · CursorInvalid 400 · OrderChanged 412 · ReplayTooOld 409 ·
ScopeMissing 403 · TestKeyNeeded 403 · HttpsNeeded 403 · UnknownVersion 400 · Conflict 409 · KeyRevoked 409 ·
InquiryOpen 409 · NothingAsked 409 · FeeOverTotal 400 · TooManyModels 429 ·
TooManyOpenQuotes 429 · BadNetwork 400 · UploadMismatch 409 ·
UploadUsed 409
(pricing: QuoteExpired, QuoteUsed, QuoteNotPriced, FileEmpty, FileTooLarge, UnknownAlloy; kernel: IllegalTransition,
ReasonMissing)
"""

from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError


class KeyRefused(DomainError):
    """Unknown, revoked, expired, malformed, of an inactive partner: the caller is never told which."""

    code = "unauthorized"
    status = 401
    message = _("A valid key is needed: Authorization: Bearer jwl_…")


class NotFound(DomainError):
    """Missing, or somebody else's: the two look the same."""

    code = "not_found"
    status = 404
    message = _("There is no such thing here.")


class IdempotencyKeyMissing(DomainError):
    code = "idempotency_key_missing"
    status = 400
    message = _("Send an Idempotency-Key header, a new one for each new request, the same one for its repetitions.")


class IdempotencyKeyInvalid(DomainError):
    code = "idempotency_key_invalid"
    status = 400
    message = _("An Idempotency-Key has 1 to 255 visible ASCII characters.")


class IdempotencyKeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422
    message = _("This Idempotency-Key was used for another request.")


class IdempotencyInProgress(DomainError):
    code = "idempotency_in_progress"
    message = _("The first request with this Idempotency-Key is still running. Repeat it in a moment.")


class DuplicateReference(DomainError):
    code = "duplicate_reference"
    message = _("You have an order with this reference already: %(existing_order)s.")


class NotCancellable(DomainError):
    code = "not_cancellable"
    message = _("The order is “%(current)s” and can't be cancelled any more.")


class WebhookUrlRefused(DomainError):
    """One answer for every address that isn't called, so that it can't be used to explore a network."""

    code = "webhook_url_refused"
    status = 400
    message = _("Webhooks are sent to public https addresses only, port 443 or 8443, without user name and password.")


class TooManyEndpoints(DomainError):
    code = "too_many_endpoints"
    message = _("At most %(most)s webhook endpoints can be active. Delete one first.")


class EndpointDisabled(DomainError):
    code = "endpoint_disabled"
    message = _("This webhook endpoint is disabled, so nothing is sent to it.")


class NotReplayable(DomainError):
    code = "not_replayable"
    message = _("This delivery is still being tried.")


class TrackingMissing(DomainError):
    code = "tracking_missing"
    status = 400
    message = _("Please give the tracking number: the partner will want to follow the parcel.")


class PrefixMistyped(DomainError):
    code = "prefix_mistyped"
    status = 400
    message = _("The prefix you typed isn't this key's, so nothing was revoked.")


class UnknownSku(DomainError):
    code = "unknown_sku"
    status = 400
    message = _("There is no “%(sku)s” in the catalogue.")


class CursorInvalid(DomainError):
    code = "cursor_invalid"
    status = 400
    message = _("Pass a cursor as the list before gave it, with the same key.")


class OrderChanged(DomainError):
    """If-Match named another version of the order."""

    code = "order_changed"
    status = 412
    message = _("The order has changed since you read it. Read it again.")


class ReplayTooOld(DomainError):
    code = "replay_too_old"
    message = _("What happened more than thirty days ago isn't sent again. Read the object instead.")


class ScopeMissing(DomainError):
    code = "scope_missing"
    status = 403
    message = _("This key may not be used for this: it lacks %(scope)s.")


class TestKeyNeeded(DomainError):
    code = "test_key_needed"
    status = 403
    message = _("Only a test key can drive an order through its states.")


class HttpsNeeded(DomainError):
    """Not led on to https: the key has been sent in the open, and whoever sent it should notice."""

    code = "https_needed"
    status = 403
    message = _("Call with https only, and have this key replaced: it was sent in the open.")


class UnknownVersion(DomainError):
    code = "unknown_version"
    status = 400
    message = _("There is no such version of the API. Leave Api-Version out, or send one of: %(known)s.")


class Conflict(DomainError):
    """Another request wrote the same thing between this one's look and its writing."""

    code = "conflict"
    message = _("This was written by another request at the same moment. Read it again.")


class KeyRevoked(DomainError):
    code = "key_revoked"
    message = _("This key was revoked. Issue a new one.")


class InquiryOpen(DomainError):
    code = "inquiry_open"
    message = _("Something is open about this order already. Let it go on or decide first.")


class NothingAsked(DomainError):
    code = "nothing_asked"
    message = _("Nothing of the kind is open about this order. Read it again.")


class FeeOverTotal(DomainError):
    code = "fee_over_total"
    status = 400
    message = _("The fee is between nothing and the order's total of %(total)s.")


class TooManyModels(DomainError):
    code = "too_many_models"
    status = 429
    message = _("%(most)s models of yours aren't measured yet. Send more when they are.")


class TooManyOpenQuotes(DomainError):
    code = "too_many_open_quotes"
    status = 429
    message = _("%(most)s quotes of yours are open. Order from them, or ask again when some have expired.")


class BadNetwork(DomainError):
    code = "bad_network"
    status = 400
    message = _("Write addresses or networks such as 192.0.2.7 or 192.0.2.0/24.")


class UploadMismatch(DomainError):
    code = "upload_mismatch"
    message = _("What arrived isn't the file that was announced. Send it again to the same address.")


class UploadUsed(DomainError):
    code = "upload_used"
    message = _("A file has arrived here already. Make a model of it, or announce another.")
