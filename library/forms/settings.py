"""How a reader likes to read. Each section of the page is a form of its own."""

from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict

from library.models import Face, Theme, User
from library.models.users import LEADINGS, MEASURES, TEXT_SIZES

Choices = list[tuple[str, str | list[tuple[str, str]]]]


@cache
def zone_choices() -> Choices:
    """Every zone this system knows, by continent."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    continents = groupby(names, key=lambda name: name.partition("/")[0])
    grouped = [(continent, [(name, place(name)) for name in group]) for continent, group in continents]
    return [("", "The server’s"), ("UTC", "UTC"), *grouped]


def place(zone: str) -> str:
    """ "America/Argentina/Buenos_Aires" as "Buenos Aires, Argentina"."""
    return ", ".join(reversed(zone.replace("_", " ").split("/")[1:]))


class SettingsForm(forms.Form):
    """Some of a reader's preferences."""

    def __init__(self, reader: User, data: QueryDict | None = None) -> None:
        self.reader = reader
        super().__init__(data, initial={name: getattr(reader, name) for name in self.base_fields})

    def save(self) -> None:
        for name, value in self.cleaned_data.items():
            setattr(self.reader, name, value)
        self.reader.save(update_fields=list(self.cleaned_data))


def slider(label: str, bounds: tuple[int, int], step: int = 1) -> forms.IntegerField:
    widget = forms.NumberInput({"type": "range"})
    return forms.IntegerField(label=label, min_value=bounds[0], max_value=bounds[1], step_size=step, widget=widget)


class ThemeForm(SettingsForm):
    theme = forms.ChoiceField(required=False, choices=Theme.choices, widget=forms.RadioSelect())


class ReadingForm(ThemeForm):
    face = forms.ChoiceField(choices=Face.choices, widget=forms.RadioSelect())
    text_size = slider("Text size", TEXT_SIZES)
    measure = slider("Length of a line", MEASURES)
    leading = slider("Space between lines", LEADINGS, 5)
    justified = forms.BooleanField(label="Both edges straight", required=False)
    margin_notes = forms.BooleanField(label="Notes beside the text", required=False)


class TimeForm(SettingsForm):
    time_zone = forms.ChoiceField(
        label="Time zone", required=False, choices=zone_choices, widget=forms.Select({"class": "field"})
    )


class KeysForm(SettingsForm):
    single_keys = forms.BooleanField(label="Use shortcuts of one key", required=False)


SECTIONS: dict[str, type[SettingsForm]] = {
    "reading": ReadingForm, "theme": ThemeForm, "time": TimeForm, "keys": KeysForm,
}  # fmt: skip
