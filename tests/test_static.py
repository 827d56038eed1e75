"""What is sent to browsers: within its budget, nothing inline, nothing vendored without its licence."""

import re
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = {file.name: file.read_text() for file in sorted((ROOT / "static/css").glob("*.css"))}
DEFINED = re.compile(r"(?<![\w-])(--[\w-]+)\s*:")
USED = re.compile(r"var\(\s*(--[\w-]+)")
COLOUR = re.compile(r"(--[\w-]+):(?:light-dark\((#\w+),(#\w+)\)|(#\w+))")
# Text: WCAG asks for 4.5 to 1. So do the marks of highlights, as lines and as the numbers of notes; edges need 3.
LEAST_CONTRAST = {
    **dict.fromkeys(("--ink", "--ink2", "--ink3", "--accent", "--rubric", "--ochre"), 4.5),
    **dict.fromkeys(("--mk-o", "--mk-v", "--mk-w", "--mk-m"), 4.5),
    "--edge": 3,
}
INLINE = re.compile(r"""\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|["']js:|hx-trigger="[^"]*\[""")


def packed(*patterns: str) -> int:
    """Bytes as whitenoise sends them to a browser of today."""
    files = [file for pattern in patterns for file in (ROOT / "static").glob(pattern)]
    assert files
    return sum(len(brotli.compress(file.read_bytes())) for file in files)


def test_all_styles_together_stay_under_twenty_kilobytes():
    assert packed("css/*.css") <= 20_000


def test_all_scripts_together_stay_under_forty_kilobytes():
    assert packed("js/*.js", "vendor/*.js") <= 40_000


def test_the_fonts_of_a_first_list_stay_under_ninety_kilobytes():
    assert packed("fonts/literata-latin-wght-normal.woff2", "fonts/instrument-sans-latin-wght-normal.woff2") <= 90_000


def test_every_colour_and_size_that_a_style_asks_for_is_given_somewhere():
    given = {name for style in STYLES.values() for name in DEFINED.findall(style)}
    asked = {(file, name) for file, style in STYLES.items() for name in USED.findall(style)}
    assert {(file, name) for file, name in asked if name not in given} == set()


def themes() -> dict[str, dict[str, str]]:
    """The colours of base.css by their names, in each theme. What sepia does not say is as it is in light."""
    root, _, rest = STYLES["base.css"].partition("[data-theme=light]")
    colours = {name: (light or plain, dark or plain) for name, light, dark, plain in COLOUR.findall(root)}
    light, dark = ({name: pair[place] for name, pair in colours.items()} for place in (0, 1))
    sepia = rest.partition("[data-theme=sepia]{")[2].partition("}")[0]
    return {"light": light, "dark": dark, "sepia": {name: plain for name, *_, plain in COLOUR.findall(sepia)}}


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark", "sepia"])
def test_every_theme_has_every_colour_and_each_can_be_told_from_its_paper(theme):
    colours = themes()[theme]
    assert colours.keys() == themes()["light"].keys()
    pale = {name for name, least in LEAST_CONTRAST.items() if contrast(colours[name], colours["--paper"]) < least}
    assert pale == set()


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
