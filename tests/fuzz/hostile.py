"""Hostile bytes made of honest ones, by a program that is itself a few random bytes: quickly drawn, well minimised."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tests.fuzz.seeds import ALL, Seed

LARGEST = 64 * 1024
STEP = 5
SEAMS = re.compile(rb"[\"',:;<>/\[\]{}()|\n#=&%*_`~\\-]")

# What parsers, databases or browsers were seen to fall over.
NASTY = [
    b"\0",
    b"\xff",
    b"\xfe\xff",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\x85\x1c\x0b\x0c",
    b"\\ud800",
    b"\\u0000",
    b"\\",
    b'\\"',
    b'"',
    b"'",
    b"''",
    b'""',
    b"`",
    b"```\n",
    b"~~~\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\t",
    b"1e999",
    b"-1",
    b"-0",
    b"NaN",
    b"9" * 5000,
    b"0x1",
    b"1616337559000000000",
    b"-62135596801",
    b"9999-12-31T23:59:59+14:00",
    b"0000-00-00",
    b"0001-01-01T00:00:00-23:59",
    b"February 30, 2024",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"[" * 3000,
    b'{"a":' * 3000,
    b"<b>" * 500,
    b"<" * 800,
    b">" * 800,
    b"&" * 500,
    b"&#" + b"9" * 5000 + b";",
    b"&#xd800;",
    b"&#0;",
    b"&lt;script&gt;",
    b"*" * 700,
    b"_" * 700,
    b"[[" * 500,
    b"](" * 500,
    b"==" * 500,
    b"> " * 500,
    b"- " * 500,
    b"# " * 300,
    b"|" * 500,
    b"(a)" * 400,
    b"![" * 400,
    b"$" * 300,
    b" " * 3000,
    b"\n" * 1500,
    b"---\n",
    b"...\n",
    b"a: &a [*a, *a]\n",
    b"? x\n",
    b"!!python/object:os.system",
    b"<<: *a\n",
    b"%YAML 9\n",
    b"==========\n",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"<svg/onload=alert(1)>",
    b"</script>",
    b"<template>",
    b"javascript:alert(1)",
    b"data:text/html,x",
    b"http://[",
    b"http://[::1%25]:99999/",
    b"https://xn--\xc3\xbc.example/",
    b"http://a:b@c",
    b"//",
    b"http://" + b"a." * 200,
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xae",
    b"\xe2\x80\x8b",
    b"\xef\xb7\xba" * 40,
    b"e\xcc\x81" * 50,
    b"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
    b"\xef\xbf\xbc",
    b"\xef\xbf\xbe",
    b"\xe6\x80\x9d" * 200,
    b"none",
    b"../../etc/passwd",
    b"/" * 300,
    b"a/" * 300,
    b"%00",
    b"%ff%fe",
    b"%",
    b"#" * 200,
    b"\x02",
    b"\x020\x02",
    b"\x1b[2J",
    b"=cmd|' /C calc'!A0",
    b"## Content (from Notion)\n",
    b"[^1]: x\n",
    b"[a]: b\n" * 100,
    b"NETSCAPE-Bookmark-file-1",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b'{"commonplace":1',
]
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1e308,
    10**400,
    1.5,
    "",
    " ",
    "\0",
    "\ud800",
    "x" * 3000,
    "\ufdfa" * 120,
    "http://[",
    "javascript:1",
    "https://a.example/" + "b" * 21_000,
    [],
    {},
    [[]],
    [None],
    [{}],
    {"id": []},
    {"name": {}},
    ["a", 1, None],
    {"": ""},
    "9" * 5000,
    "inf",
    "-1e5",
    "9999-12-31T23:59:59-14:00",
    ["https://a.example/"] * 50,
    "none",
    {"a": {"a": {"a": {"a": []}}}},
    "['a",
    "<b>" * 300,
]


def hostile(program: bytes, seeds: Sequence[Seed]) -> Seed:
    """What the program makes of one of the seeds, or of a file beside it."""
    first, *steps = (*program, 0)
    seed = seeds[first % len(seeds)]
    targets = [None, None, None, *sorted(seed.beside)]
    target = targets[first // len(seeds) % len(targets)]
    data = changed(seed.beside[target] if target else seed.data, bytes(steps))
    return replace(seed, beside={**seed.beside, target: data}) if target else replace(seed, data=data)


def changed(data: bytes, program: bytes) -> bytes:
    for start in range(0, len(program), STEP):
        kind, at, more, one, two = (*program[start : start + STEP], 0, 0, 0, 0)[:STEP]
        data = CHANGES[kind % len(CHANGES)](data, at * 256 + more, one * 256 + two)[:LARGEST]
    return data


def _place(data: bytes, at: int) -> int:
    """Mostly where two parts of the file meet, else anywhere."""
    seams = [match.start() for match in SEAMS.finditer(data)] if at % 8 != 7 else []
    place = seams[at % len(seams)] + 1 - at % 2 if seams else at % (len(data) + 1)
    return min(place, len(data))


def _flip(data: bytes, at: int, arg: int) -> bytes:
    place = at % (len(data) or 1)
    return data[:place] + bytes([arg % 256]) + data[place + 1 :]


def _cut(data: bytes, at: int, arg: int) -> bytes:
    place = _place(data, at)
    return data[:place] + data[place + arg % 60 :]


def _break_off(data: bytes, at: int, arg: int) -> bytes:
    return data[: _place(data, at)]


def _repeat(data: bytes, at: int, arg: int) -> bytes:
    place = _place(data, at)
    return data[:place] + data[place : place + arg % 200] * (2 + arg % 23) + data[place:]


def _insert(data: bytes, at: int, arg: int) -> bytes:
    place = _place(data, at)
    return data[:place] + NASTY[arg % len(NASTY)] + data[place:]


def _replace(data: bytes, at: int, arg: int) -> bytes:
    """What stands between two seams."""
    place = _place(data, at)
    end = SEAMS.search(data, place + 1)
    return data[:place] + NASTY[arg % len(NASTY)] + data[end.start() if end else place :]


def _splice(data: bytes, at: int, arg: int) -> bytes:
    other = ALL[arg % len(ALL)].data
    return data[: _place(data, at)] + other[_place(other, arg // len(ALL)) :]


def _encode(data: bytes, at: int, arg: int) -> bytes:
    name = ("utf-16", "utf-8-sig", "latin-1", "utf-32", "utf-16-be", "utf-7", "cp1252")[arg % 7]
    return data.decode(errors="replace").encode(name, "replace")


def _value(data: bytes, at: int, arg: int) -> bytes:
    """Another value where one stands in JSON; anywhere else, nothing."""
    try:
        tree = json.loads(data)
        places = list(_places(tree))
    except (ValueError, RecursionError):
        return data
    if not places:
        return data
    holder, key = places[at % len(places)]
    if arg % 3:
        holder[key] = VALUES[arg % len(VALUES)]
    elif isinstance(holder, dict):
        holder[NASTY[arg % len(NASTY)].decode(errors="replace")] = holder.pop(key)
    else:
        holder.extend(holder[:] * (arg % 7))
    return _dumped(tree)


def _dumped(tree: Any) -> bytes:
    """A number with more digits than Python writes is left as it is."""
    try:
        return json.dumps(tree).encode()
    except ValueError:
        return b"[" + b"9" * 5000 + b"]"


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield tree, key
        yield from _places(value)


CHANGES: list[Callable[[bytes, int, int], bytes]] = [
    _insert,
    _value,
    _flip,
    _cut,
    _replace,
    _break_off,
    _repeat,
    _splice,
    _value,
    _encode,
    _insert,
]
