"""The shapes of what customers send."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Self

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from pricing.models import Choices
from pricing.states import MOST_ENGRAVED, Finish, Kind, Plating, Unit
from shop.selectors import alloys_offered
from shop.states import COUNTRIES, PaymentWay

MOST_PIECES = 1000
MODEL_ENDINGS = ".stl,.obj,.ply,.off,.3mf,.glb,.gltf,.3dm,.step,.stp"  # a hint for the browser; the contents decide


def _capitalised(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Choices as a list shows them; inside a sentence the same words stay small."""
    return [(value, capfirst(label)) for value, label in choices]


class ChoicesForm(forms.Form):
    """What is wanted of a design, whatever the alloy."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=_capitalised(Kind.choices), initial=Kind.RING)
    finish = forms.ChoiceField(label=_("Finish"), choices=_capitalised(Finish.choices), initial=Finish.POLISHED)
    size = forms.CharField(
        label=_("Size"),
        max_length=16,
        required=False,
        help_text=_("For a ring its inner diameter in millimetres, such as 17. You may leave it empty."),
    )
    quantity = forms.IntegerField(
        label=_("Pieces"),
        min_value=1,
        max_value=MOST_PIECES,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    plating = forms.ChoiceField(
        label=_("Plating"), choices=[("", _("None")), *_capitalised(Plating.choices)], required=False
    )
    engraving = forms.CharField(
        label=_("Engraving"),
        max_length=MOST_ENGRAVED,
        required=False,
        help_text=_("A line of text, exactly as it shall be engraved."),
    )
    unit = forms.ChoiceField(
        label=_("Unit of the file"),
        choices=_capitalised(Unit.choices),
        required=False,
        help_text=_("Leave it unless your program writes inches or centimetres."),
    )
    rush = forms.BooleanField(label=_("Make it before others, for a surcharge"), required=False)
    own_stones = forms.BooleanField(label=_("Leave the stones to me: don't set any"), required=False)

    # Beside which field a refusal of the services is shown.
    refusals = {
        "empty_file": "model",
        "too_large": "model",
        "unknown_alloy": "alloy",
        "unknown_finish": "finish",
        "bad_quantity": "quantity",
        "unknown_plating": "plating",
        "bad_engraving": "engraving",
    }

    @classmethod
    def of(cls, choices: Choices) -> Self:
        """The form as it would be filled in for these choices."""
        return cls(initial=asdict(choices) | {"own_stones": not choices.set_stones}, auto_id="change_%s")

    def choices(self) -> dict[str, Any]:
        """The fields of Choices that the form asks for."""
        sent = self.cleaned_data
        asked = ("kind", "finish", "size", "quantity", "plating", "engraving", "unit", "rush")
        return {name: sent[name] for name in asked} | {"set_stones": not sent["own_stones"]}


class DesignForm(ChoicesForm):
    """A customer's 3D model and what is to be made of it. The services refuse a bad file, in words."""

    model = forms.FileField(
        label=_("Your 3D model"),
        allow_empty_file=True,  # the service refuses it and says what to do
        widget=forms.FileInput(attrs={"accept": MODEL_ENDINGS}),
        error_messages={"required": _("Please choose the file of your model.")},
    )
    alloy = forms.ChoiceField(
        label=_("Metal to look at first"),
        initial="au750-yellow",
        help_text=_("You see the price in every metal."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alloy = self.fields["alloy"]
        assert isinstance(alloy, forms.ChoiceField)  # noqa: S101
        alloy.choices = alloys_offered()


class CorrectionForm(forms.Form):
    """What a customer corrects of what his design was taken for; a field that isn't sent corrects nothing."""

    unit = forms.ChoiceField(choices=Unit.choices, required=False)
    stones = forms.ChoiceField(choices=[("metal", ""), ("stones", "")], required=False)

    def changes(self) -> dict[str, Any]:
        """The fields of Choices that are corrected."""
        sent = self.cleaned_data
        changes: dict[str, Any] = {"unit": sent["unit"]} if "unit" in self.data else {}
        return changes | ({"stones_are_metal": sent["stones"] == "metal"} if "stones" in self.data else {})


class AddressForm(forms.Form):
    """To whom and where a parcel is sent."""

    name = forms.CharField(label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        help_text=_("Only the carrier and we use it, if something about the parcel is unclear."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    address = forms.CharField(
        label=_("Street and house"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "street-address"})
    )
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=16, widget=forms.TextInput(attrs={"autocomplete": "postal-code"})
    )
    city = forms.CharField(
        label=_("Town"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=COUNTRIES, initial="DE", widget=forms.Select(attrs={"autocomplete": "country"})
    )


class DeliveryForm(AddressForm):
    """An order's address and choices; `checkout_key` is made when the form is shown first."""

    checkout_key = forms.CharField(min_length=20, max_length=64, widget=forms.HiddenInput)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    keep = forms.BooleanField(label=_("Keep this address in my account"), required=False, initial=True)
    note = forms.CharField(
        label=_("A note for us"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    way = forms.CharField(max_length=50, required=False)
    payment_way = forms.ChoiceField(choices=PaymentWay.choices, required=False)
    shown = forms.DecimalField(max_digits=12, decimal_places=2, required=False, widget=forms.HiddenInput)
    terms = forms.BooleanField(
        label=_("I agree to the terms of sale."),
        error_messages={"required": _("Please read the terms of sale and agree to them.")},
    )


class EraseForm(forms.Form):
    """That it isn't pressed by accident."""

    typed = forms.CharField(
        label=_("Your e-mail, to confirm"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class NewPriceForm(forms.Form):
    """Agreement to the price that was shown."""

    shown = forms.DecimalField(max_digits=12, decimal_places=2)


class MessageForm(forms.Form):
    """A question about an order."""

    text = forms.CharField(
        label=_("Your message"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), strip=True
    )
