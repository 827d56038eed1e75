"""What the tests of a household begin with."""

from django.test import Client

from library.models import User

PASSWORD = "correct horse battery"
CHOSEN = {"username": "cay", "password1": PASSWORD, "password2": PASSWORD}


def make_staff(reader: User) -> User:
    reader.is_staff = reader.is_superuser = True
    reader.save()
    return reader


def invite(staff: Client, note: str = "For cay") -> str:
    """The address that the page shows, without the host."""
    page = staff.post("/settings/readers/invite/", {"note": note}, follow=True)
    return page.context["address"].removeprefix("http://127.0.0.1:8000")


def open_invitation(client: Client, address: str, **answers: str):
    client.get(address)
    return client.post("/invitation/", {**CHOSEN, **answers})
