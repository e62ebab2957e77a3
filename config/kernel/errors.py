"""The refusals that every app shares, sorted by who can mend them.

DomainError ─ IllegalTransition 409 · ReasonMissing 400

Each app derives its own in its `errors.py`. `code` is a contract and never changes; `message` is for people.
`config.kernel.refusals` turns a refusal into a page's message or an API's problem document.
"""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from typing_extensions import override


class DomainError(Exception):
    """A rule of the domain said no; nothing was changed."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: ClassVar[str | Promise] = _("This can't be done.")

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.code)

    @override
    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class IllegalTransition(DomainError):
    """The thing is in a state from which the asked move isn't allowed."""

    code = "illegal_transition"
    message = _("%(thing)s is “%(current)s” now, so it can't become “%(wanted)s”. Reload the page to see its state.")


class ReasonMissing(DomainError):
    code = "reason_missing"
    status = 400
    message = _("Please give a reason: it is kept on the record.")
