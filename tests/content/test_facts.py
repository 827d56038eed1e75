import pytest

from library.content.facts import facts, reading_minutes


def test_the_gist_is_the_first_bullet_of_the_overview() -> None:
    found = facts([("overview", "Intro\n- \n- **First** [point](https://a.example).\n- Second"), ("summary", "Sum.")])
    assert found.gist == "First point."


def test_without_bullets_the_gist_is_the_first_sentence_of_the_summary() -> None:
    assert facts([("article", "Text."), ("summary", "One thing\nis said. Then more.")]).gist == "One thing is said."


def test_the_gist_of_an_article_passes_over_headings_code_and_pictures() -> None:
    article = "# Heading\n\n```sh\nls. -l\n```\n![pic](a.png)\n\nIt begins here. It goes on."
    assert facts([("article", article)]).gist == "It begins here."


def test_the_gist_of_a_chinese_text_ends_at_its_full_stop() -> None:
    assert facts([("article", "思源笔记很好。我喜欢。")]).gist == "思源笔记很好。"


def test_a_long_gist_is_cut_between_words() -> None:
    gist = facts([("summary", "word " * 100)]).gist
    assert len(gist) <= 200 and gist.endswith("word…")


def test_words_are_those_of_the_article() -> None:
    found = facts([("overview", "- a b"), ("article", "# One\ntwo three"), ("other", "four"), ("note", "n")])
    assert found.words == 4


def test_without_an_article_the_words_of_every_layer_count() -> None:
    assert facts([("overview", "- a b"), ("summary", "c")]).words == 3


def test_sections_without_text_do_not_exist() -> None:
    found = facts([("overview", " \n"), ("summary", "x"), ("note", "n")])
    assert (found.has_overview, found.has_summary, found.has_article, found.has_note) == (
        False,
        True,
        False,
        True,
    )


def test_nothing_gives_nothing() -> None:
    found = facts([])
    assert (found.gist, found.words, found.minutes) == ("", 0, 0)


@pytest.mark.parametrize(("words", "minutes"), [(0, 0), (1, 1), (229, 1), (460, 2), (2300, 10)])
def test_minutes_follow_the_words(words: int, minutes: int) -> None:
    assert reading_minutes(words) == minutes
