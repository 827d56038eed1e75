"""The keyboard shortcuts as a page."""

import re

import pytest

pytestmark = pytest.mark.django_db


def keys(page: str) -> list[str]:
    return re.findall(r"<dt>.*?</dd>", page)


def test_the_page_and_the_dialog_show_the_same_keys(reading):
    page = reading.get("/shortcuts/").content.decode()
    body, dialog = page.split('<dialog id="shortcuts"')
    assert keys(body) == keys(dialog)
    assert "<dt><kbd>Space</kbd></dt><dd>Look into it</dd>" in keys(body)


def test_it_says_whether_single_keys_are_on_and_leads_to_where_they_are_turned_off(reading, reader):
    assert "They can be turned off in" in reading.get("/shortcuts/").content.decode()
    reading.post("/settings/", {"section": "keys"})
    page = reading.get("/shortcuts/").content.decode()
    assert "They can be turned on in" in page
    assert 'href="/settings/#keys"' in page
    assert 'data-keys="off"' in page


def test_the_settings_lead_to_it(reading):
    assert 'href="/shortcuts/"' in reading.get("/settings/").content.decode()
