"""The pages of a household in Chromium: WCAG 2.2 A and AA, every width and theme, and an invitation from end to end."""

import pytest

from library.models import Invitation, User
from tests.test_accessibility import faults
from tests.views.household import PASSWORD, make_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staff_page(reading_page, reader):
    make_staff(reader)
    reading_page.emulate_media(reduced_motion="reduce")
    return reading_page


def test_no_page_of_a_household_breaks_a_rule_of_accessibility(staff_page, reader, other_reader):
    out = User.objects.create(username="a.very.long.name.of.a.reader.who.is.shut.out" * 3, is_active=False)
    for note in ("My brother", "My brother", ""):
        _, token = Invitation.objects.invite(reader, note)
    addresses = ["/settings/readers/", f"/settings/readers/{reader.pk}/", f"/settings/readers/{other_reader.pk}/",
                 f"/settings/readers/{out.pk}/", f"/settings/readers/{out.pk}/delete/", "/settings/delete-account/",
                 f"/invitation/?token={token}", "/invitation/?token=wrong"]  # fmt: skip
    assert "\n".join(fault for address in addresses for fault in faults(staff_page, address)) == ""


def test_an_invitation_leads_a_guest_into_a_library(staff_page, browser, live_server, settings):
    settings.BASE_URL = live_server.url
    staff_page.goto("/settings/readers/")
    staff_page.get_by_label("For whom").fill("My brother")
    staff_page.get_by_role("button", name="Make an invitation").click()
    staff_page.get_by_label("Password").fill(PASSWORD)
    staff_page.keyboard.press("Enter")
    address = staff_page.get_by_label("The address of the invitation, shown this once").input_value()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    guest = context.new_page()
    guest.goto(address)
    assert "token" not in guest.url
    guest.get_by_label("Name").fill("cay")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_label("Password again").fill(PASSWORD)
    guest.get_by_role("button", name="Open my library").click()
    assert guest.url == f"{live_server.url}/library/"
    context.close()
    staff_page.reload()
    assert staff_page.get_by_text("My brother").count() == 0
    assert staff_page.get_by_role("link", name="cay").is_visible()
