"""Settings: each section saves itself, and every page follows."""

import pytest

from library.models import User
from tests.views.shelf import article

pytestmark = pytest.mark.django_db
LOOK = {"theme": "dark", "face": "source", "text_size": "21", "measure": "36", "leading": "150"}
READING = {"section": "reading", **LOOK}


def save(client, **answers):
    return client.post("/settings/", answers, follow=True)


def test_the_page_shows_what_is_set(reading, reader):
    User.objects.update(theme="sepia", time_zone="Europe/Berlin", single_keys=False)
    page = reading.get("/settings/").content.decode()
    assert 'data-theme="sepia"' in page
    assert 'data-keys="off"' in page
    assert '<option value="Europe/Berlin" selected>Berlin</option>' in page


def test_theme_and_text_size_are_kept(reading, reader):
    assert "Saved how you read." in save(reading, **READING).content.decode()
    reader.refresh_from_db()
    assert (reader.theme, reader.text_size) == ("dark", 21)


def test_how_articles_are_set_is_kept_and_rendered_by_the_server(reading, reader):
    save(reading, **READING, justified="on")
    link = article(reader, article="Text.")
    page = reading.get(f"/read/{link.pk}-the-ledger/").content.decode()
    look = 'data-size="21" data-face="source" data-measure="36" data-leading="150" data-justified="on" data-notes="off"'
    assert f'<main id="main" class="reader" {look} tabindex="-1">' in page
    assert "fonts/source-serif-4-latin-wght-normal.woff2" in page.partition("<body")[0]


def test_matching_the_system_leaves_the_theme_to_the_browser(reading, reader):
    save(reading, **READING)
    assert "data-theme" not in save(reading, **{**READING, "theme": ""}).content.decode().partition("<body")[0]


def test_the_readers_panel_goes_back_to_the_article_without_a_message(reading):
    answer = reading.post("/settings/", {**READING, "next": "/read/1-a/"})
    assert answer.url == "/read/1-a/"
    assert reading.post("/settings/", {**READING, "next": "https://evil.example"}).url == "/settings/"


@pytest.mark.parametrize("wrong", [{"theme": "neon"}, {"text_size": "14"}, {"text_size": "27"}, {"text_size": "x"},
                                   {"face": "papyrus"}, {"measure": "29"}, {"leading": "191"}, {"leading": "142"}])
def test_what_cannot_be_is_not_saved(reading, reader, wrong):
    assert save(reading, **{**READING, **wrong}).context["forms"]["reading"].errors.keys() == wrong.keys()
    reader.refresh_from_db()
    assert (reader.theme, reader.text_size) == ("", 19)


def test_a_time_zone_is_chosen_from_a_list(reading, reader):
    save(reading, section="time", time_zone="Asia/Tokyo")
    reader.refresh_from_db()
    assert reader.time_zone == "Asia/Tokyo"
    assert save(reading, section="time", time_zone="Mars/Olympus").context["forms"]["time"].errors


def test_single_keys_can_be_turned_off_and_on(reading, reader):
    for on in (False, True):
        save(reading, section="keys", **({"single_keys": "on"} if on else {}))
        reader.refresh_from_db()
        assert reader.single_keys is on


def test_one_section_leaves_the_others_alone(reading, reader):
    save(reading, section="time", time_zone="Asia/Tokyo", theme="dark")
    reader.refresh_from_db()
    assert reader.theme == ""


def test_an_unknown_section_changes_nothing(reading):
    assert save(reading, section="nothing", theme="dark").status_code == 200


def test_only_who_runs_the_server_is_led_to_its_pages(reading, reader):
    assert "/admin/" not in reading.get("/settings/").content.decode()
    User.objects.update(is_staff=True)
    assert "/admin/" in reading.get("/settings/").content.decode()
