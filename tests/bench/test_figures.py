from bench.figures import Chapter, Figure, at_most, percentile, written


def test_a_table_says_of_each_figure_what_it_is_held_against_and_whether_that_was_met():
    chapter = Chapter("Start", figures=[at_most("slow", 3, "s", 1), at_most("quick", 1, "s", 1, floor=0.5)])
    title, heads, slow, quick, _ = chapter.lines()
    assert title == "Start"
    assert heads.split() == ["measured", "unit", "floor", "of", "the", "floor", "aim"]
    assert slow.split() == ["slow", "3", "s", "at", "most", "1", "✗", "missed"]
    assert quick.split() == ["quick", "1", "s", "0.50", "2.00", "×", "at", "most", "1", "✓", "met"]


def test_columns_stand_under_their_heads():
    chapter = Chapter("", figures=[Figure("a", 1, "s"), Figure("a longer name", 1_000, "s")])
    lines = list(chapter.lines())[1:4]
    assert {line.index("s", 14) for line in lines[1:]} == {lines[2].rindex("s")}


def test_a_percentile_is_one_of_the_values():
    assert percentile(range(1, 101), 95) == 95
    assert percentile([7], 95) == 7


def test_numbers_are_as_exact_as_they_need_be():
    assert [written(value) for value in (12_345.6, 123.4, 12.34, 1.234, 3.0)] == ["12,346", "123", "12.3", "1.23", "3"]
