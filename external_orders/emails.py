"""The messages to partners' people about endpoints that don't answer. external_orders/tasks.py sends them."""

from django.core.mail import send_mail
from django.template.loader import render_to_string

from external_orders.models import WebhookEndpoint

DISABLED_AT_DAYS = 5


def send_warning(*, endpoint_id: int, days: int) -> None:
    """Tell a partner's contact that his endpoint has failed for so many days, or that it was disabled for it."""
    endpoint = WebhookEndpoint.objects.select_related("partner").get(pk=endpoint_id)
    if not endpoint.partner.contact_email:
        return
    values = {"endpoint": endpoint, "days": days, "is_disabled": days >= DISABLED_AT_DAYS}
    # A template's first line is the subject, the rest the body.
    subject, _, body = render_to_string("emails/webhook_failing.txt", values).strip().partition("\n")
    send_mail(subject.strip(), body.strip() + "\n", None, [endpoint.partner.contact_email])
