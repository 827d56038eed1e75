"""The page on which a reader takes articles out."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from library import tasks
from library.exporters import kept
from library.models import Export, RunState
from library.worker import LibraryWorker
from tests.exporters.libraries import held
from tests.importers.link_files import import_files, link_file, write
from tests.views.shelf import article

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def work(transactional_db):
    """Do all that is queued, as the worker does."""
    cache.clear()
    return LibraryWorker(batch=True).run


def page(client, address="/export/"):
    return client.get(address).content.decode()


def ask(client, **fields):
    return client.post("/export/", {"format": "csv", "what": "all", **fields})


def test_an_export_is_made_by_the_worker_and_downloaded(reading, reader, tmp_path, work):
    import_files(reader, write(tmp_path / "in", {"ledger.md": link_file()}))
    assert ask(reading, format="markdown").status_code == 302
    export = reader.exports.get()
    assert "Waiting" in page(reading)
    assert 'http-equiv="refresh"' in page(reading)
    assert reading.get(f"/export/{export.pk}/").status_code == 404
    work()
    assert f'href="/export/{export.pk}/" download' in page(reading)
    answer = reading.get(f"/export/{export.pk}/")
    assert answer["Content-Disposition"] == f'attachment; filename="my-library-{timezone.now():%Y-%m-%d}.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        assert archive.read("ledger.md").decode() == link_file()


def test_a_shelf_or_a_search_is_exported_alone(reading, reader, put_up, work):
    article(reader, "The ledger", article="Of a ledger.")
    article(reader, "Another", article="Else.")
    put_up("Slow reads", "ledger")
    ask(reading, what="shelf", shelf="slow-reads")
    ask(reading, what="query", query="else")
    work()
    found = {export.title: kept.path(export).read_text() for export in reader.exports.all()}
    assert "The ledger" in found["Slow reads"] and "Another" not in found["Slow reads"]
    assert "Another" in found["else"] and "The ledger" not in found["else"]


def test_one_article_is_exported_from_the_page_about_it(reading, reader, other_reader, work):
    link = article(reader, "The ledger")
    article(reader, "Another")
    theirs = article(other_reader, "Secret")
    assert f'href="/export/?article={link.pk}"' in page(reading, f"/read/{link.pk}/about/")
    assert "Only “The ledger”" in page(reading, f"/export/?article={link.pk}")
    assert "Secret" not in page(reading, f"/export/?article={theirs.pk}")
    reading.post(f"/export/?article={link.pk}", {"format": "csv", "what": "article"})
    work()
    text = kept.path(reader.exports.get()).read_text()
    assert "The ledger" in text and "Another" not in text


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"format": "pdf"}, "Choose a format of the list."),
        ({"what": "shelf"}, "Choose one of your shelves."),
        ({"what": "shelf", "shelf": "nope"}, "Choose one of your shelves."),
        ({"what": "query", "query": " "}, "Write what is to be found"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(reading, reader, fields, sentence):
    answer = ask(reading, **fields)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not reader.exports.exists()


def test_the_form_is_filled_by_the_address(reading, put_up):
    put_up()
    assert '<option value="slow-reads" selected>' in page(reading, "/export/?shelf=slow-reads")
    assert 'value="tag:sql"' in page(reading, "/export/?q=tag:sql")


def test_no_more_than_three_are_made_at_once(reading, reader):
    for _ in range(3):
        ask(reading)
    assert "being made already" in ask(reading).content.decode()
    assert reader.exports.count() == 3


def test_one_that_cant_be_made_says_why(reading, work):
    ask(reading, format="epub")
    work()
    assert "There is no article to make a book of. Nothing was written." in page(reading)


def test_an_export_goes_when_its_time_is_over_or_when_it_is_deleted(reading, reader, work):
    for _ in range(3):
        ask(reading)
    work()
    old, deleted, young = reader.exports.order_by("pk")
    Export.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=8))
    (kept.path(young).parent / "making-999.zip").write_text("left by a kill")
    reading.post(f"/export/{deleted.pk}/delete/")
    cache.clear()
    tasks.tend()
    assert list(reader.exports.all()) == [young]
    assert list(kept.path(young).parent.iterdir()) == [kept.path(young)]


def test_one_that_is_deleted_while_it_is_made_stays_deleted(reading, reader, monkeypatch, work):
    ask(reading)
    write = kept.exporters.write

    def write_and_delete(*args):
        write(*args)
        reading.post(f"/export/{reader.exports.get().pk}/delete/")

    monkeypatch.setattr(kept.exporters, "write", write_and_delete)
    work()
    cache.clear()
    tasks.tend()
    assert not reader.exports.exists()
    assert not any(kept.settings.EXPORTS_ROOT.iterdir())


def test_the_file_is_the_owners_alone(reading, other_reader, client, work):
    article(other_reader, "Secret")
    client.force_login(other_reader)
    ask(client)
    work()
    export = other_reader.exports.get()
    assert client.get(f"/export/{export.pk}/").status_code == 200
    assert kept.path(export).stat().st_mode & 0o077 == 0


def test_the_page_asks_as_much_for_many_as_for_one(reading, reader, queries_of):
    Export.objects.create(owner=reader, format="csv", title="One")
    one = queries_of(lambda: page(reading))
    for number in range(30):
        Export.objects.create(owner=reader, format="json", title=str(number), state="done")
    assert queries_of(lambda: page(reading)) == one
    assert 'rel="next"' in page(reading)


def test_a_complete_export_that_is_sent_to_the_import_page_is_restored(reading, reader, other_reader, client, work):
    article(reader, "The ledger", ("sql",), article="Of a ledger.", state="finished")
    ask(reading, format="markdown")
    work()
    before = held(reader)
    data = kept.path(reader.exports.get()).read_bytes()
    client.force_login(other_reader)
    sent = io.BytesIO(data)
    sent.name = "mine.zip"
    client.post("/import/", {"files": sent})
    work()
    run = other_reader.import_runs.get()
    assert (run.state, run.new) == (RunState.DONE, 1)
    assert {**held(other_reader), "imports": []} == before
