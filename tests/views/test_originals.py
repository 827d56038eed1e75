"""The files of an import go out as they came in, to their reader alone."""

import io
import zipfile

import pytest

from library.models import ImportRun
from tests.importers.link_files import link_file
from tests.views.test_checks import checked, start
from tests.views.test_imports import upload, worked

pytestmark = pytest.mark.django_db
HOSTILE = "../../<b>x.md"


@pytest.fixture
def run(reading) -> ImportRun:
    return worked(upload(reading, ("deep/a.md", link_file("A title")), (HOSTILE, "---\nurl: https://b.example/\n---\n"),
                         ("empty.md", "")))  # fmt: skip


def names_and_texts(answer) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_page_of_an_import_leads_to_its_files(reading, run):
    assert f'href="/import/{run.pk}/files/"' in reading.get(f"/import/{run.pk}/").content.decode()
    page = reading.get(f"/import/{run.pk}/files/").content.decode()
    assert page.index("empty.md") < page.index("deep/a.md")
    assert page.count("Not kept") == 1
    assert "<b>x.md" not in page


def test_a_file_goes_out_byte_for_byte_and_never_as_a_page(reading, run):
    entry = run.entries.get(file="deep/a.md")
    answer = reading.get(f"/import/{run.pk}/files/{entry.pk}/")
    assert answer.content.decode() == link_file("A title")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="a.md"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_what_became_no_article_is_not_kept(reading, run):
    entry = run.entries.get(file="empty.md")
    assert reading.get(f"/import/{run.pk}/files/{entry.pk}/").status_code == 404


def test_all_go_out_in_one_zip_under_names_that_lead_nowhere(reading, run):
    answer = reading.get(f"/import/{run.pk}/files.zip")
    assert answer["Content-Disposition"] == f'attachment; filename="import-{run.pk}.zip"'
    found = names_and_texts(answer)
    assert found["deep/a.md"] == link_file("A title")
    assert sorted(found) == ["_b_x.md", "deep/a.md"]


def test_a_file_with_many_records_is_in_the_zip_once(reading):
    table = "url,title\n" + "".join(f"https://a.example/{number},{number}\n" for number in range(300))
    run = worked(upload(reading, ("list.csv", table)))
    assert names_and_texts(reading.get(f"/import/{run.pk}/files.zip")) == {"list.csv": table}


def test_what_a_file_said_before_a_later_import_is_still_there(reading):
    run = start(reading, checked(reading, ("a.md", link_file("Old"))))
    start(reading, checked(reading, ("a.md", link_file("New"))))
    assert names_and_texts(reading.get(f"/import/{run.pk}/files.zip")) == {"a.md": link_file("Old")}


def test_the_bytes_of_another_reader_are_not_given_for_a_number_that_names_them(reading, run, other_reader):
    theirs = ImportRun.objects.create(owner=other_reader, label="x", state="done")
    sha256 = run.entries.get(file="deep/a.md").sha256
    entry = theirs.entries.create(file="a.md", outcome="new", sha256=sha256)
    reading.force_login(other_reader)
    assert reading.get(f"/import/{theirs.pk}/files/{entry.pk}/").status_code == 404
    assert names_and_texts(reading.get(f"/import/{theirs.pk}/files.zip")) == {}


def test_a_long_ledger_comes_page_by_page_with_as_many_queries(reading, reader, queries_of):
    run = ImportRun.objects.create(owner=reader, label="x", state="done")
    few = queries_of(lambda: reading.get(f"/import/{run.pk}/files/"))
    for number in range(120):
        run.entries.create(file=f"{number}.md", outcome="ignored" if number % 2 else "rejected", place=3 * (number % 2))
    files, after = [], ""
    while after is not None:
        context = reading.get(f"/import/{run.pk}/files/?{after}").context
        files += [row["file"] for row in context["rows"]]
        after = f"after={context['next']}" if context["next"] else None
    assert files == [f"{number}.md" for number in [*range(0, 120, 2), *range(1, 120, 2)]]
    assert queries_of(lambda: reading.get(f"/import/{run.pk}/files/")) == few
