"""Highlights in real texts, and what happens to texts: the test set of `content.anchors`.

A text is a list of blocks. A passage is chosen and two signs that no text has, BEGIN and END, are written around it.
The signs go through the change with the words, so where they are afterwards is where the passage truly is.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

BEGIN, END = "\ue000", "\ue001"
SIGNS = f"{BEGIN}{END}"
TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in sorted((Path(__file__).parent / "passages").iterdir())}
WIDE = re.compile(r"[\u3400-\u9fff]")
SENTENCE = re.compile(r"[^.!?。！？]+(?:[.!?。！？]+[”\"»’]*\s*|$)")
TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff](?:[^\s—\u3000-\u9fff]*\w)?")
WORD = re.compile(rf"[^\W\d_{SIGNS}]{{4,}}")


@dataclass(frozen=True)
class Block:
    kind: str
    text: str

    @property
    def is_marked(self) -> bool:
        return BEGIN in self.text or END in self.text


Text = list[Block]
Change = Callable[[Text, random.Random], Text]


@dataclass(frozen=True)
class Case:
    """A highlight in a text, the text afterwards, and where the passage is in it: nowhere if it is gone."""

    kind: str
    before: str
    place: tuple[int, int]
    after: str
    truth: tuple[int, int] | None


def blocks(markdown: str) -> Text:
    found = []
    for paragraph in markdown.strip().split("\n\n"):
        for line in paragraph.split("\n"):
            kind = {"#": "heading", "-": "item"}.get(line[0], "paragraph")
            found.append(Block(kind, line.lstrip("#- ")))
    return found


def plain(text: Text) -> tuple[str, tuple[int, int] | None]:
    """A text as a page shows it, without the signs, and where they were."""
    joined = "".join(block.text + ("\n" if block.kind == "item" else "\n\n") for block in text).strip()
    if BEGIN not in joined:
        return joined, None
    start, end = joined.index(BEGIN), joined.index(END) - 1
    joined = joined.replace(BEGIN, "").replace(END, "")
    return joined, (start, start + len(joined[start:end].rstrip()))


def marked(text: Text, chance: random.Random) -> Text:
    """The text with a passage marked: some words, a sentence or more, a block, or across two blocks."""
    while True:
        at = chance.randrange(len(text))
        shape = chance.choices(["words", "word", "sentences", "block", "across"], [31, 3, 40, 16, 10])[0]
        if shape == "across" and at + 1 < len(text):
            first, second = text[at], text[at + 1]
            begun = chance.choice(word_starts(first.text))
            ended = chance.choice(word_ends(second.text))
            return [
                *text[:at],
                replace(first, text=first.text[:begun] + BEGIN + first.text[begun:]),
                replace(second, text=second.text[:ended] + END + second.text[ended:]),
                *text[at + 2 :],
            ]
        if found := span(text[at].text, shape, chance):
            start, end = found
            words = text[at].text
            words = f"{words[:start]}{BEGIN}{words[start:end]}{END}{words[end:]}"
            return [*text[:at], replace(text[at], text=words), *text[at + 1 :]]


def span(words: str, shape: str, chance: random.Random) -> tuple[int, int] | None:
    if shape == "block":
        return 0, len(words)
    if shape == "sentences":
        found = list(SENTENCE.finditer(words))
        first = chance.randrange(len(found))
        last = min(first + chance.choice([0, 0, 0, 1, 1, 2]), len(found) - 1)
        start, end = found[first].start(), found[last].end()
        return start, end - (len(words[start:end]) - len(words[start:end].rstrip()))
    starts, ends = word_starts(words), word_ends(words)
    first = chance.randrange(len(starts))
    last = first + (WIDE.match(words, starts[first]) is not None if shape == "word" else chance.randint(3, 14))
    return (starts[first], ends[last]) if last < len(ends) else None


def word_starts(words: str) -> list[int]:
    return [match.start() for match in TOKEN.finditer(words)]


def word_ends(words: str) -> list[int]:
    return [match.end() for match in TOKEN.finditer(words)]


def everywhere(rewrite: Callable[[str, random.Random], str]) -> Change:
    return lambda text, chance: [replace(block, text=rewrite(block.text, chance)) for block in text]


def passage_in(rewrite: Callable[[str, random.Random], str]) -> Change:
    """A change of the words between the signs."""

    def change(text: Text, chance: random.Random) -> Text:
        inside, changed = False, []
        for block in text:
            parts = re.split(f"([{SIGNS}])", block.text)
            for number, part in enumerate(parts):
                inside = part == BEGIN or inside and part != END
                if inside and part != BEGIN:
                    parts[number] = rewrite(part, chance)
            changed.append(replace(block, text="".join(parts)))
        return changed

    return change


def misspelt(words: str, chance: random.Random) -> str:
    """About one long word in fifteen with two letters exchanged, one left out, or one doubled."""

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        if chance.random() > 1 / 15:
            return word
        at = chance.randrange(len(word) - 1)
        first, second = word[at : at + 2]
        return word[:at] + chance.choice([second + first, first, first * 2 + second]) + word[at + 2 :]

    return WORD.sub(slip, words)


def moved(text: Text, chance: random.Random) -> Text:
    """The block with the passage elsewhere; not one that stands there twice, which nobody could tell from the other."""
    run = marked_run(text)
    plain_blocks = [unmarked(block) for block in text]
    if any(plain_blocks.count(block) > 1 for block in plain_blocks[run.start : run.stop]):
        return text
    rest = text[: run.start] + text[run.stop :]
    places = [at for at in range(len(rest) + 1) if at != run.start]
    at = chance.choice(places)
    return rest[:at] + text[run.start : run.stop] + rest[at:]


def marked_run(text: Text) -> range:
    at = [number for number, block in enumerate(text) if block.is_marked]
    return range(at[0], at[-1] + 1)


def preceded(text: Text, chance: random.Random) -> Text:
    """Behind some blocks of another text."""
    here = {unmarked(block).text for block in text}
    others = [other for other in map(blocks, TEXTS.values()) if other[0].text not in here]
    other = chance.choice(others)
    start = chance.randrange(len(other) - 3)
    return [block for block in other[start : start + chance.randint(1, 4)] if block.text not in here] + text


def unmarked(block: Block) -> Block:
    return replace(block, text=block.text.replace(BEGIN, "").replace(END, ""))


def rewrapped(words: str, chance: random.Random) -> str:
    width = chance.choice([40, 60, 72])
    column, wrapped = 0, ""
    for word in words.split(" "):
        column += len(word) + 1
        wrapped += word + chance.choice(["\n", "\n   ", " \n"] if column > width else [" ", " ", "  ", "\u00a0"])
        column = 0 if column > width else column
    return WIDE.sub(lambda match: match[0] + ("\n" if chance.random() < 0.04 else ""), wrapped.rstrip())


def curly(words: str, chance: random.Random) -> str:
    words = re.sub(rf"(^|[\s(—–{SIGNS}])\"", "\\1“", words).replace('"', "”").replace("'", "’")
    return words.replace("»", "„").replace("«", "“") if "»" in words else words.replace("“", chance.choice("“„«"))


def dashed(words: str, chance: random.Random) -> str:
    words = re.sub(" ?[—–] ?", lambda match: chance.choice([" -- ", " – ", "—", " - "]), words)
    return words.replace("-", chance.choice("-‐‑"))


def decomposed(words: str, chance: random.Random) -> str:
    return unicodedata.normalize("NFD", words)


def cut(text: Text, chance: random.Random) -> Text:
    """Without some blocks, none of them the passage's."""
    run = marked_run(text)
    while True:
        start = chance.randrange(len(text))
        gone = range(start, min(start + chance.randint(1, 6), len(text)))
        if gone.stop <= run.start or gone.start >= run.stop:
            return text[: gone.start] + text[gone.stop :]


def passage_cut(text: Text, chance: random.Random) -> Text:
    run = marked_run(text)
    first, last = run.start - chance.choice([0, 0, 1, 2]), run.stop + chance.choice([0, 0, 1, 2])
    return text[: max(first, 0)] + text[last:]


ADDED = {
    True: ["这件事后来没有人再提起。", "那一年的雨水特别多。", "编者按：此处有删节。"],
    False: [
        "Nobody has been able to confirm this. ", "An earlier version of this text gave a different date. ",
        "There is a photograph of it in the county archive. ", "That was in the wet year. ",
    ],
}  # fmt: skip


def added(words: str, chance: random.Random) -> str:
    sentence = chance.choice(ADDED[bool(WIDE.search(words))])
    at = chance.choice([match.start() for match in SENTENCE.finditer(words)])
    at -= words[at - 1 : at] == BEGIN
    at += words[at : at + 1] == END
    return words[:at] + sentence + words[at:]


def sentence_added(text: Text, chance: random.Random) -> Text:
    """In a block of the passage: before it, behind it or inside."""
    at = chance.choice(marked_run(text))
    return [*text[:at], replace(text[at], text=added(text[at].text, chance)), *text[at + 1 :]]


NEW_WORDS = {True: ["石头", "许多", "后来", "自然"], False: ["granite", "however", "perhaps", "somewhat", "colder"]}


def reworded(words: str, chance: random.Random) -> str:
    """One word in eight replaced, at least one: of a passage with six words or more."""
    is_wide = bool(WIDE.search(words))
    found = list(re.finditer(r"[\u3400-\u9fff]{2}" if is_wide else rf"[^\W{SIGNS}]+", words))
    if len(found) < 6:
        return words
    for match in sorted(chance.sample(found, max(len(found) // 8, 1)), key=lambda match: -match.start()):
        words = words[: match.start()] + chance.choice(NEW_WORDS[is_wide]) + words[match.end() :]
    return words


def duplicated(text: Text, chance: random.Random) -> Text:
    """The passage's block once more, some way off: a copy in the same surroundings is as good as the passage."""
    run = marked_run(text)
    again = [unmarked(block) for block in text[run.start : run.stop]]
    places = [at for at in range(len(text) + 1) if at < run.start - 2 or at > run.stop + 2]
    at = chance.choice(places)
    return text[:at] + again + text[at:]


def reset(text: Text, chance: random.Random) -> Text:
    """Lists become prose, headings are written otherwise."""
    numbers = iter(range(1, 99))
    changed: Text = []
    for block in text:
        if block.kind == "heading":
            style = chance.choice(["{1}. {0}", "{0}:", "Section {1} — {0}"])
            block = replace(block, text=style.format(block.text, next(numbers)))
        if block.kind == "item" and changed and changed[-1].kind == "prose":
            block = Block("prose", f"{changed.pop().text}; {block.text}")
        elif block.kind == "item":
            block = Block("prose", block.text)
        changed.append(block)
    return changed


def footnoted(words: str, chance: random.Random) -> str:
    """Up to three marks behind words, with something left behind them: of a passage with three words or more."""
    mark = chance.choice(["[{}]", "〔{}〕"] if WIDE.search(words) else ["[{}]", " (see example.org)", "{}", " [link]"])
    ends = [end for end in word_ends(words) if words[end:].strip()]
    for at in sorted(chance.sample(ends, min(chance.randint(1, 3), (len(ends) + 2) // 4)), reverse=True):
        words = words[:at] + mark.format(chance.randint(1, 40)) + words[at:]
    return words


def shouted(text: Text, chance: random.Random) -> Text:
    return [replace(block, text=block.text.upper()) if block.kind == "heading" else block for block in text]


def overhauled(text: Text, chance: random.Random) -> Text:
    """Several of these at once."""
    for change in (preceded, everywhere(misspelt), everywhere(curly), everywhere(rewrapped), shouted):
        text = change(text, chance)
    return text


REPLACED = {True: "编辑部启：原段删除。", False: "Withdrawn by its author, with regret."}


def replaced(text: Text, chance: random.Random) -> Text:
    """Something else where the passage was."""
    run = marked_run(text)
    whole = "\n\n".join(block.text for block in text[run.start : run.stop])
    other = REPLACED[bool(WIDE.search(whole))]
    changed = re.sub(f"{BEGIN}.*{END}", other, whole, flags=re.DOTALL)
    return [*text[: run.start], Block("paragraph", changed), *text[run.stop :]]


CHANGES: dict[str, Change] = {
    "words misspelt": everywhere(misspelt),
    "typos mended": everywhere(misspelt),
    "paragraph moved": moved,
    "paragraphs before": preceded,
    "white space": everywhere(rewrapped),
    "quotes made curly": everywhere(curly),
    "quotes made straight": everywhere(curly),
    "dashes": everywhere(dashed),
    "accents apart": everywhere(decomposed),
    "accents together": everywhere(decomposed),
    "section cut": cut,
    "sentence added": sentence_added,
    "words replaced": passage_in(reworded),
    "paragraph doubled": duplicated,
    "lists and headings": reset,
    "footnotes": passage_in(footnoted),
    "headings in capitals": shouted,
    "several at once": overhauled,
    "passage cut": passage_cut,
    "passage replaced": replaced,
}
UNDONE = {"typos mended", "quotes made straight", "accents together"}  # the text is the changed one, then as it was


def cases(kind: str, count: int, seed: int) -> Iterator[Case]:
    """Highlights in the texts in turn, each with one change."""
    chance = random.Random(f"{kind} {seed}")
    made = 0
    for name in cycle(sorted(TEXTS)):
        if made == count:
            return
        text = marked(blocks(TEXTS[name]), chance)
        pair = [text, CHANGES[kind](text, chance)]
        (before, place), (after, truth) = map(plain, reversed(pair) if kind in UNDONE else pair)
        if place and (before != after or kind in UNDONE):
            made += 1
            yield Case(kind, before, place, after, truth)
