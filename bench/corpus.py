"""Link files of synthetic text, as many as are wanted. File i depends on the seed and i alone, so that a corpus of
100,000 begins with the corpus of 1,000.

One article in fifty is in Chinese. Words and tags follow the law of Zipf: the word of rank r comes up in proportion
"""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice, product
from pathlib import Path

SEED = 1
# The most frequent words of the made-up language are English ones, so that it is taken for English, as most texts are.
FUNCTION_WORDS = [
    *("the", "of", "and", "to", "in", "is", "that", "for", "it", "as"),
    *("was", "with", "be", "by", "on", "not", "he", "this", "are", "or"),
]
CHINESE_EVERY = 50  # of so many articles, one is in Chinese
VOCABULARY_SIZE, TAG_COUNT, SITE_COUNT = 50_000, 500, 300
TYPES = ("Tech Deep Dive", "Software Repo", "Political News", "Other", "Tech Announcement", "Product Website")
FIRST_DAY, YEARS = datetime(2014, 1, 1, tzinfo=UTC), 12
ARTICLE_WORDS, SPREAD, FEWEST_WORDS = 720, 150, 200
SHORT_WORDS = 60
FILES_A_FOLDER = 1_000


def coin_words(count: int) -> list[str]:
    """Different words of two to four syllables, in an order that is always the same."""
    dice = random.Random("vocabulary")  # noqa: S311 - no secret is made here
    syllables = ["".join(pair) for pair in product("bdfghklmnprstvz", "aeiou")]
    endings = ["", "", "n", "r", "s", "l"]
    coined = dict.fromkeys(
        "".join(dice.choices(syllables, k=dice.choice((2, 3, 3, 4)))) + dice.choice(endings) for _ in range(2 * count)
    )
    return [*FUNCTION_WORDS, *islice(coined, count - len(FUNCTION_WORDS))]


def zipf(count: int) -> list[float]:
    return list(accumulate(1 / rank for rank in range(1, count + 1)))


VOCABULARY = coin_words(VOCABULARY_SIZE)
TAGS = [f"{word}-{number}" for number, word in enumerate(VOCABULARY[2_000 : 2_000 + TAG_COUNT])]
CHINESE_WORDS = ["".join(pair) for pair in product(map(chr, range(0x4E00, 0x4E00 + 70)), repeat=2)]
WORD_WEIGHTS, TAG_WEIGHTS = zipf(VOCABULARY_SIZE), zipf(TAG_COUNT)
CHINESE_WEIGHTS = zipf(len(CHINESE_WORDS))


def link_file(number: int, seed: int = SEED) -> str:
    """One link file of about 6 kB."""
    dice = random.Random(f"{seed}/{number}")  # noqa: S311 - no secret is made here
    article_words = max(FEWEST_WORDS, round(dice.gauss(ARTICLE_WORDS, SPREAD)))
    text = chinese(dice, article_words) if number % CHINESE_EVERY == 0 else article(dice, article_words)
    return (
        f"---\n{front_matter(dice, number)}---\n\n"
        f"# {' '.join(words(dice, dice.randint(4, 11))).title()}\n\n"
        f"## Overview (from Notion)\n{bullets(dice, 60)}\n\n"
        f"## AI Summary (from Notion)\n{' '.join(sentences(dice, 70))}\n\n"
        f"## Content (from Notion)\n\n{text}\n"
    )


def short_article(number: int, seed: int = SEED) -> tuple[str, str, list[str], datetime]:
    """Title, text, tags and day of one of the short articles that a very large library is made of."""
    dice = random.Random(f"{seed}/short/{number}")  # noqa: S311 - no secret is made here
    saved, tags = saved_at(dice), some_tags(dice)
    short = chinese if number % CHINESE_EVERY == 0 else article
    return " ".join(words(dice, dice.randint(4, 11))).title(), short(dice, SHORT_WORDS), tags, saved


def saved_at(dice: random.Random) -> datetime:
    return FIRST_DAY + timedelta(seconds=dice.randrange(YEARS * 365 * 86_400))


def some_tags(dice: random.Random) -> list[str]:
    return sorted(set(dice.choices(TAGS, cum_weights=TAG_WEIGHTS, k=dice.randint(1, 4))))


def front_matter(dice: random.Random, number: int) -> str:
    saved, tags = saved_at(dice), some_tags(dice)
    return (
        "type: link\nsource: notion\n"
        f"url: https://{site(dice)}/{dice.choice(VOCABULARY)}/{number}-{dice.choice(VOCABULARY)}\n"
        f"notion_type: {dice.choice(TYPES)}\ntags: {tags}\ncreated: {saved:%Y-%m-%dT%H:%M:%S}.000Z\n"
    )


def site(dice: random.Random) -> str:
    return f"www{dice.randrange(SITE_COUNT)}.example"


def words(dice: random.Random, count: int) -> list[str]:
    return dice.choices(VOCABULARY, cum_weights=WORD_WEIGHTS, k=count)


def sentences(dice: random.Random, count: int) -> Iterator[str]:
    """Sentences of `count` words in all."""
    text = iter(words(dice, count))
    while sentence := list(islice(text, dice.randint(7, 19))):
        yield f"{' '.join(sentence).capitalize()}."


def bullets(dice: random.Random, count: int) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences(dice, count))


def article(dice: random.Random, count: int) -> str:
    """Paragraphs, and now and then a heading, a quotation, a list or a link."""
    text, blocks = sentences(dice, count), []
    while paragraph := list(islice(text, dice.randint(3, 6))):
        blocks.append(block(dice, paragraph))
    return "\n\n".join(blocks)


def chinese(dice: random.Random, count: int) -> str:
    """Lines of words of two characters, without blanks."""
    lines = ("".join(dice.choices(CHINESE_WORDS, cum_weights=CHINESE_WEIGHTS, k=30)) for _ in range(count // 30 + 1))
    return "\n\n".join(f"{line}。" for line in lines)


def block(dice: random.Random, paragraph: list[str]) -> str:
    shape = dice.choices(("plain", "link", "quotation", "list", "heading"), weights=(62, 15, 10, 7, 6))[0]
    if shape == "list":
        return "\n".join(f"- {sentence}" for sentence in paragraph)
    text = " ".join(paragraph)
    if shape == "quotation":
        return f"> {text}"
    if shape == "heading":
        return f"### {dice.choice(VOCABULARY).capitalize()}\n\n{text}"
    if shape == "link":
        return f"{text} More is told in [{dice.choice(VOCABULARY)}](https://{site(dice)}/{dice.choice(VOCABULARY)})."
    return text


def write(folder: Path, numbers: Iterable[int], seed: int = SEED) -> None:
    """Make the files of these numbers in folders of a thousand below `folder`."""
    for number in numbers:
        file = folder / f"{number // FILES_A_FOLDER:04}" / f"{number:07}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(link_file(number, seed), encoding="utf-8")
