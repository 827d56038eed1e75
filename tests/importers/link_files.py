"""Link files for tests, in the format that the reader's Notion export has."""

from pathlib import Path

from library import importers
from library.models import (
    FormerAddress,
    ImportRun,
    Link,
    Original,
    Section,
    SectionVersion,
    Source,
    Tag,
    User,
)

HEAD = """---
type: link
source: notion
url: {url}
notion_type: {type}
tags: {tags}
created: {created}
---
"""


def link_file(
    title: str = "The ledger before the ledger",
    *,
    url: str = "https://slow.example/ledger",
    type: str = "Tech Deep Dive",
    tags: str = "['databases']",
    created: str = "2025-09-01T20:25:00.000Z",
    overview: str = "- Intent first.\n- The table is a summary.",
    summary: str = "Traces the log from bookkeeping.",
    content: str = "A merchant kept three books.",
) -> str:
    sections = {
        "Overview (from Notion)": overview,
        "AI Summary (from Notion)": summary,
        "Content (from Notion)": content,
    }
    head = HEAD.format(url=url, type=type, tags=tags, created=created)
    body = "".join(f"## {name}\n{text}\n\n" for name, text in sections.items() if text)
    return f"{head}\n# {title}\n\n{body}"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def import_files(reader: User, folder: Path, **options: object) -> ImportRun:
    """Import a folder to its end, as the command does."""
    run = ImportRun.objects.create(owner=reader, label=folder.name, paths=[str(folder)], **options)
    holder = importers.new_holder()
    assert run.claim(holder)
    importers.run(run, holder)
    run.refresh_from_db()
    return run


def outcomes(run: ImportRun) -> dict[str, str]:
    return dict(run.entries.values_list("file", "outcome"))


def texts(link: Link) -> dict[str, str]:
    return dict(link.sections.values_list("kind", "text"))


def tag_names(link: Link) -> set[str]:
    return set(link.tags.values_list("name", flat=True))


def library_rows() -> dict[str, list[str]]:
    """Every row that an import may not touch without a reason."""
    models = (Link, Section, SectionVersion, Tag, Source, Original, FormerAddress)
    return {model.__name__: sorted(map(str, model.objects.values_list())) for model in models}


def many(folder: Path, count: int = 9) -> Path:
    files = {f"{n}.md": link_file(f"Article {n}", url=f"https://a.example/{n}") for n in range(count)}
    return write(folder / "many", files)


OLDER = link_file("Older", content="The longest text of the two.", tags="['a']", created="2020-01-01T00:00:00.000Z")
NEWER = link_file("Newer", content="Newest text.", tags="['b']", created="2024-01-01T00:00:00.000Z")
MIXED = {
    "a.md": link_file("A", url="https://a.example/"),
    "b.md": link_file("B", url="https://a.example/"),
    "copy.md": link_file("A", url="https://a.example/"),
    "empty.md": "",
    "picture.png": b"\x89PNG",
    "readme.md": "# Read me\n\nNo front matter.",
}
