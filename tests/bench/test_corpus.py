from statistics import mean

from bench import corpus
from library.importers.formats import notion_links
from library.importers.record import ImportFile


def record_of(number: int):
    (record,) = notion_links.read(ImportFile("a.md", corpus.link_file(number).encode()))
    return record


def test_a_file_depends_on_its_number_and_the_seed_alone():
    assert corpus.link_file(7) == corpus.link_file(7)
    assert len({corpus.link_file(7), corpus.link_file(8), corpus.link_file(7, seed=2)}) == 3


def test_a_larger_corpus_begins_with_a_smaller_one(tmp_path):
    corpus.write(tmp_path / "small", range(2))
    corpus.write(tmp_path / "large", range(4))
    small, large = (
        {file.name: file.read_bytes() for file in (tmp_path / name).rglob("*.md")} for name in ("small", "large")
    )
    assert len(small) == 2 and len(large) == 4
    assert small.items() <= large.items()


def test_files_have_about_six_kilobytes():
    assert 5_500 < mean(len(corpus.link_file(number)) for number in range(40)) < 7_000


def test_every_file_is_a_whole_link_file():
    for number in range(20):
        record = record_of(number)
        assert record.warnings == ()
        assert record.title and record.url and record.type and record.tags and record.created
        assert [text.kind for text in record.texts] == ["overview", "summary", "article"]


def test_the_first_words_are_nearly_everywhere_and_the_last_ones_rare():
    texts = [corpus.link_file(number) for number in range(40)]

    def share(word: str) -> float:
        return mean(word in text.split() for text in texts)

    assert share(corpus.VOCABULARY[0]) == 1
    assert mean(share(word) for word in corpus.VOCABULARY[-200:]) < 0.02


def test_addresses_differ():
    assert len({record_of(number).url for number in range(50)}) == 50
