"""What a reader types: ten kinds of searches, of ever other words, so that nothing that was kept answers them.

The corpus has its words in the order of how often they come up: about 75 / rank times in an article of 6 kB.
"""

from collections.abc import Sequence

from bench.corpus import CHINESE_WORDS, FUNCTION_WORDS, VOCABULARY, VOCABULARY_SIZE

QUESTION = "a question of twelve words"
EVERYWHERE = 5  # the first so many words are in nearly every article
BEGINNINGS = list(dict.fromkeys(word[:3] for word in VOCABULARY[len(FUNCTION_WORDS) :]))


def questions(articles: int, tag: str, phrases: Sequence[str], numbers: Sequence[int]) -> dict[str, list[str]]:
    """For each kind the searches of these numbers, as they are typed. `tag` is a frequent one; `phrases`, one for each
    number, stand in the articles."""
    rare = rank_of_rare_words(articles, max(numbers))
    kinds = {
        "a rare word": lambda n: VOCABULARY[rare + n],
        "a frequent word": lambda n: VOCABULARY[300 + n],
        "a word of nearly every article": lambda n: f"{VOCABULARY[n % EVERYWHERE]} -unheard{n}",
        "four words": lambda n: at_ranks(n, 30, 150, 300, 600),
        "a phrase": lambda n: f'"{phrases[n]}"',
        "a phrase of very frequent words": lambda n: f'"{VOCABULARY[n % 10]} {VOCABULARY[50 + n]}"',
        "three letters of a word": lambda n: f"{BEGINNINGS[n]}*",
        "a Chinese word": lambda n: CHINESE_WORDS[20 + n],
        "two words, a tag and a date": lambda n: f"{at_ranks(n, 20, 300)} tag:{tag} saved:2018..2023",
        QUESTION: question,
    }
    return {name: [kind(number) for number in numbers] for name, kind in kinds.items()}


def rank_of_rare_words(articles: int, most: int) -> int:
    """Words that about thirty articles have, in every library: all answers are a full page. The vocabulary's rarest
    are in one article of 700.
    """
    return min(articles * 7 // 3, VOCABULARY_SIZE - most - 1)


def at_ranks(number: int, *ranks: int) -> str:
    return " ".join(VOCABULARY[rank + number] for rank in ranks)


def question(number: int) -> str:
    """Half of its words are those of every sentence."""
    common = (FUNCTION_WORDS[(number + place) % len(FUNCTION_WORDS)] for place in range(6))
    telling = at_ranks(number, 60, 150, 300, 1_000, 3_000, 9_000).split()
    return " ".join(word for pair in zip(common, telling, strict=True) for word in pair)
