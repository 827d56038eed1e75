"""Import in a real browser, with a real worker."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from bench import corpus
from library.models import ImportRun
from tests.importers.link_files import link_file, write

pytestmark = pytest.mark.browser
FILES = 12
MANY, AS_MANY_AS_THE_EXPORT = 300, 1_893
WORDS = 1_500  # of each, so that the import takes a few seconds
SEVERAL_PIECES = 9 * 1024**2
PATIENCE = 60_000


@pytest.fixture
def folder(tmp_path) -> Path:
    """An export: a dozen articles, some of them deeper down, and a file that holds nothing."""
    articles = {
        f"{'deep/er/' if number % 3 else ''}article {number}.md": link_file(
            f"Article {number}", url=f"https://slow.example/{number}"
        )
        for number in range(FILES)
    }
    return write(tmp_path / "My export", {**articles, "empty.md": ""})


@pytest.fixture
def zipped(folder) -> Path:
    path = folder.with_name("My export.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*.md")):
            archive.write(file, file.relative_to(folder))
    return path


def worker() -> dict[str, object]:
    """How a worker process is begun, on the same library, that works until nothing is left to do."""
    own = {
        "DATA_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": f"sqlite:///{settings.DATABASES['default']['NAME']}",
    }
    return {"args": [sys.executable, "manage.py", "work", "--batch"], "env": {**os.environ, **own}}


def work(seconds: int = 120) -> None:
    subprocess.run(**worker(), check=True, timeout=seconds)


def choose(page, field: str, *paths: Path, check: bool = False) -> None:
    page.goto("/import/")
    page.locator(f"input[name={field}]").set_input_files([str(path) for path in paths])
    page.get_by_role("checkbox", name="Show me first").set_checked(check)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/import/*/")


def test_a_zip_goes_in_and_its_page_follows_it_to_the_end(reading_page, reader, zipped):
    page = reading_page
    asked: list[str] = []
    page.clock.install()
    choose(page, "files", zipped)
    expect(page.locator(".lede")).to_contain_text("Waiting for its turn.")
    work()
    page.clock.run_for(2100)
    expect(page.locator(".steps [aria-current]")).to_have_text("Done")
    expect(page.locator(".lede")).to_have_text("13 articles: 12 new, 1 rejected.")
    expect(page.locator("table.problems")).to_contain_text("My export.zip/empty.md")
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(10_000)
    page.evaluate("fetch('/healthz')")
    assert [url for url in asked if "/import/" in url] == []
    page.get_by_role("link", name="Open the library").click()
    expect(page.locator("article[data-link]")).to_have_count(FILES)


def test_what_will_happen_is_shown_first_and_then_happens(reading_page, reader, zipped):
    page = reading_page
    page.clock.install()
    choose(page, "files", zipped, check=True)
    expect(page.locator(".lede")).to_contain_text("nothing is changed yet")
    work()
    page.clock.run_for(2100)
    expect(page.locator(".lede")).to_contain_text("changed nothing. 12 articles are ready to come in")
    assert reader.links.count() == 0
    page.get_by_role("link", name="Needs a look").click()
    expect(page.locator("table.checks tbody tr")).to_have_count(1)
    page.get_by_text("Choose how").click()
    page.get_by_label("Tags for all of them").fill("from notion")
    page.get_by_role("button", name="Import 12 articles").click()
    work()
    page.reload()
    expect(page.locator(".steps [aria-current]")).to_have_text("Done")
    page.get_by_role("link", name="Show what was added").click()
    expect(page.locator("article[data-link]").first).to_contain_text("from notion")


def drop(page, target: str, *paths: Path) -> None:
    """Files of this machine let go over a place of the page, as from a file manager."""
    box = page.locator(target).bounding_box()
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})


def wordy(number: int) -> str:
    words = " ".join(f"word{number}x{place}" for place in range(WORDS))
    return link_file(f"Article {number}", url=f"https://slow.example/{number}", content=words)


def large_zip(folder: Path, text_of: Callable[[int], str] = wordy, count: int = MANY) -> Path:
    """Many articles, and a picture that makes it larger than two pieces."""
    path = folder / "Large export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.md", text_of(number))
        archive.writestr("picture.png", os.urandom(SEVERAL_PIECES))
    return path


@pytest.mark.parametrize(
    ("text_of", "count"),
    [(wordy, MANY), pytest.param(corpus.link_file, AS_MANY_AS_THE_EXPORT, marks=pytest.mark.proofs)],
    ids=["quick", "as many as the export"],
)
def test_a_zip_dropped_on_the_page_survives_a_lost_connection_is_checked_imported_with_progress_and_undone(
    reading_page, reader, tmp_path, text_of, count
):
    page, many, times = reading_page, f"{count:,}", count // MANY
    pieces: list[str] = []

    def lose_one(route) -> None:
        pieces.append(route.request.url.partition("offset=")[2])
        route.abort() if len(pieces) == 2 else route.continue_()

    page.route("**/import/pieces/*/?offset=*", lose_one)
    page.goto("/import/")
    drop(page, "input[name=files]", large_zip(tmp_path, text_of, count))
    expect(page.locator("[data-chosen]")).to_contain_text("1 file, ")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The connection is lost.")).to_be_visible(timeout=PATIENCE)
    page.wait_for_url("**/import/*/")
    assert pieces[:4] == ["0", "4194304", "4194304", "8388608"]
    work(120 * times)
    expect(page.locator(".lede")).to_contain_text(f"{many} articles are ready to come in")
    page.get_by_role("button", name=f"Import {many} articles").click(timeout=PATIENCE)
    expect(page.locator(".lede")).to_contain_text("Waiting for its turn.", timeout=PATIENCE)
    with subprocess.Popen(**worker()) as process:
        expect(page.locator(".meter-line")).to_contain_text("%", timeout=PATIENCE)
        expect(page.locator(".steps [aria-current]")).to_have_text("Done", timeout=PATIENCE * times)
        process.wait()
    assert reader.links.count() == count
    page.get_by_role("link", name="Undo this import").click()
    expect(page.locator(".lede")).to_contain_text(f"{many} articles that this import brought will be deleted")
    page.get_by_role("button", name="Undo this import").click()
    expect(page.locator(".lede")).to_contain_text("Taking back", timeout=PATIENCE)
    work(120 * times)
    expect(page.locator(".lede")).to_contain_text("Undone.")
    assert reader.links.count() == 0


def test_an_upload_goes_on_in_another_tab_where_the_closed_one_left_it(reading_page, tmp_path):
    first, large = reading_page, large_zip(tmp_path)
    first.route("**/import/pieces/*/?offset=4194304", lambda route: route.abort())
    first.goto("/import/")
    first.locator("input[name=files]").set_input_files(str(large))
    first.get_by_role("button", name="Continue").click()
    expect(first.get_by_text("The connection is lost.")).to_be_visible(timeout=PATIENCE)
    expect(first.locator(".meter-line")).to_contain_text("4.0 of ")
    page = first.context.new_page()
    first.close()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("?")[2]))
    choose(page, "files", large)
    assert "offset=0" not in asked
    assert "offset=4194304" in asked


@pytest.mark.parametrize("dropped", [True, False])
def test_a_folder_goes_in_with_all_below_it(reading_page, folder, dropped):
    if dropped:
        reading_page.goto("/import/")
        drop(reading_page, "input[name=folder]", folder)
        expect(reading_page.locator("[data-chosen]")).to_contain_text(f"{FILES + 1} files, ")
        reading_page.get_by_role("checkbox", name="Show me first").set_checked(False)
        reading_page.get_by_role("button", name="Continue").click()
        reading_page.wait_for_url("**/import/*/")
    else:
        choose(reading_page, "folder", folder)
    work()
    run = ImportRun.objects.get()
    assert (run.label, run.new, run.rejected) == ("My export", FILES, 1)
    assert run.entries.filter(file="deep/er/article 1.md").exists()


def test_files_that_miss_the_fields_are_taken_and_a_folder_is_told_where_it_goes(reading_page, folder):
    page = reading_page
    page.goto("/import/")
    drop(page, ".lede", folder / "article 0.md", folder / "article 3.md")
    expect(page.locator("[data-chosen]")).to_contain_text("2 files, ")
    for place in (".lede", "input[name=files]"):
        page.goto("/import/")
        drop(page, place, folder)
        expect(page.get_by_role("alert")).to_contain_text("A folder goes into the field for folders.")
    assert page.url.endswith("/import/")


def test_too_much_is_said_before_it_is_sent(reading_page, folder, settings):
    settings.IMPORT_UPLOAD_BYTES = 100
    page = reading_page
    page.goto("/import/")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_have_text("No files were sent. Choose files, a folder or a zip first.")
    page.locator("input[name=files]").set_input_files(str(folder / "article 0.md"))
    expect(page.get_by_role("alert")).to_contain_text("Send it in parts.")
    page.get_by_role("button", name="Continue").click()
    assert page.url.endswith("/import/")
    assert not ImportRun.objects.exists()
