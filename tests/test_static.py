"""What is sent to browsers: within its budget, nothing inline, nothing vendored without its licence."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(r"""\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|["']js:|hx-trigger="[^"]*\[""")


def packed(*patterns: str) -> int:
    files = [file for pattern in patterns for file in (ROOT / "static").glob(pattern)]
    assert files
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_all_styles_together_stay_under_twenty_kilobytes():
    assert packed("css/*.css") <= 20_000


def test_all_scripts_together_stay_under_forty_kilobytes():
    assert packed("js/*.js", "vendor/*.js") <= 40_000


def test_the_fonts_of_a_first_list_stay_under_ninety_kilobytes():
    assert packed("fonts/literata-latin-wght-normal.woff2", "fonts/instrument-sans-latin-wght-normal.woff2") <= 90_000


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.relative_to(ROOT / "templates").as_posix())
def test_a_template_holds_nothing_that_the_policy_forbids(template):
    assert not INLINE.search(template.read_text())


def test_every_vendored_file_has_its_version_and_licence_written_down():
    versions = (ROOT / "static/vendor/VERSIONS.md").read_text()
    for file in [*(ROOT / "static/vendor").glob("*.js"), *(ROOT / "static/fonts").glob("*.woff2")]:
        family = re.split(r"-latin", file.name)[0]
        row = next(line for line in versions.splitlines() if family in line and line.startswith("|"))
        licence = row.rsplit("`", 2)[1]
        assert (ROOT / "static" / licence).is_file()
