"""YAML front matter from strangers: every scalar as it was written, bounded, and never a reason to lose the text.

python-frontmatter splits; the loader here is YAML's base schema, in which `12:30` stays "12:30" and `no` stays "no".
"""

import re
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

MAX_CHARACTERS = 64 * 1024
MAX_DEPTH = 20

_Loader: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# Lines that need no second look: a plain key, and a value without anchors, aliases or deep brackets.
_PLAIN = re.compile(r"(?:\w[\w .-]*:(?:[ \t][^&*\n]*)?\n)*")
_LINE = re.compile(r"^([\w][\w .-]*):[ \t]*(.*)$", re.MULTILINE)


class Refused(yaml.YAMLError):
    """Front matter over a bound; the message is a sentence."""


class _Handler(YAMLHandler):
    """python-frontmatter's splitting, with our loading. `warnings` collects what was odd."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []

    def load(self, fm: str, **kwargs: object) -> dict[str, Any]:
        try:
            return _load(fm)
        except Refused as refused:
            self.warnings.append(str(refused))
        except (yaml.YAMLError, ValueError, TypeError, RecursionError):
            self.warnings.append("The front matter is no valid YAML. It was read line by line.")
        return read_lines(fm)


def split(text: str) -> tuple[dict[str, Any], str, list[str]]:
    """Front matter, the text below it, and a sentence for each thing that was odd.

    Values are str, list or dict. Never raises: what is no front matter stays in the text.
    """
    handler = _Handler()
    metadata, body = frontmatter.parse(text, handler=handler)
    return dict(metadata), str(body), handler.warnings


def read_lines(fm: str) -> dict[str, str]:
    """`key: value` lines as they stand: for front matter that YAML can't read."""
    return {key.strip(): value.strip() for key, value in _LINE.findall(fm[:MAX_CHARACTERS])}


def _load(fm: str) -> dict[str, Any]:
    if not _is_plain(fm):
        _check_bounds(fm)
    loaded = yaml.load(fm, Loader=_Loader)  # noqa: S506 - the base schema makes nothing but str, list and dict
    if loaded is None or loaded == "":
        return {}
    if not isinstance(loaded, dict):
        raise ValueError("front matter that is no mapping")
    return {str(key): value for key, value in loaded.items()}


def _is_plain(fm: str) -> bool:
    return (
        len(fm) < MAX_CHARACTERS
        and _PLAIN.fullmatch(fm.strip("\n") + "\n") is not None
        and fm.count("[") + fm.count("{") < MAX_DEPTH
    )


def _check_bounds(fm: str) -> None:
    """Walk the parser's events, which costs no recursion, before anything is built from them."""
    if len(fm) > MAX_CHARACTERS:
        raise Refused("The front matter is larger than 64 kB. It was read line by line.")
    depth = 0
    for event in yaml.parse(fm, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise Refused("The front matter uses YAML aliases, which are not followed. It was read line by line.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise Refused("The front matter is nested too deeply. It was read line by line.")
