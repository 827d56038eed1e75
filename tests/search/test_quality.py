"""How well the search finds: how that is measured, and that it does not get worse."""

import json
import math
from collections import Counter
from pathlib import Path

import pytest

from bench import asking, beir, quality
from bench.figures import Chapter
from bench.measures import mean, ndcg, recall
from bench.site import CantMeasure
from library.models import Kind

COLLECTION = Path(__file__).parent / "collection"
# What the search reached on both databases, rounded down. A better search raises them.
LEAST_NDCG_10, LEAST_RECALL_10, LEAST_RECALL_100 = 0.97, 0.99, 0.99


# --- the measures


def test_the_best_order_has_a_gain_of_one_and_nothing_found_one_of_zero():
    judged = {"a": 2, "b": 1}
    assert ndcg(["a", "b", "c"], judged, 10) == 1
    assert ndcg(["c", "d"], judged, 10) == 0
    assert ndcg([], judged, 10) == 0


def test_an_answer_gains_less_further_down():
    # Found: 1 / log2(2) + 0 / log2(3) + 2 / log2(4) = 2. Best: 2 / log2(2) + 1 / log2(3).
    assert ndcg(["b", "x", "a"], {"a": 2, "b": 1}, 10) == pytest.approx(2 / (2 + 1 / math.log2(3)))
    assert ndcg(["x", "a"], {"a": 1}, 10) == pytest.approx(0.6309, abs=0.0001)


def test_the_gain_of_a_grade_is_the_grade_itself():
    assert ndcg(["b", "a"], {"a": 3, "b": 1}, 10) == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


def test_what_comes_after_the_depth_counts_for_nothing():
    judged = {"a": 1, "b": 1, "c": 1}
    assert ndcg(["x", "a"], judged, 1) == recall(["x", "a"], judged, 1) == 0
    assert ndcg(["a", "x"], judged, 1) == 1
    assert recall(["a", "b", "c"], judged, 2) == pytest.approx(2 / 3)


def test_recall_asks_only_whether_a_text_is_an_answer():
    assert recall(["x", "b"], {"a": 2, "b": 1, "x": 0}, 10) == 0.5


def test_a_text_that_answers_worse_than_not_at_all_costs_no_more_than_its_place():
    assert ndcg(["x", "a"], {"a": 1, "x": -1}, 10) == ndcg(["y", "a"], {"a": 1}, 10)
    assert ndcg(["x"], {"x": 0}, 10) == recall(["x"], {"x": 0}, 10) == 0


def test_a_mean_is_over_all_questions_and_one_that_found_nothing_is_zero():
    assert mean([1, 0, 0.5]) == 0.5
    judged = {"q1": {"a": 1}, "q2": {"b": 1}}
    collection = beir.Collection("two", {}, {"q1": "one", "q2": "two"}, judged)
    assert quality.score(collection, {"q1": ["a"]}) == quality.Scores(0.5, 0.5, 0.5)


# --- collections


@pytest.fixture
def folder(tmp_path):
    """A collection of two texts and two questions, of which one is judged."""
    write(tmp_path, "corpus.jsonl", {"_id": "d1", "title": "A ledger", "text": "kept by hand"}, {"_id": 2, "text": ""})
    write(tmp_path, "queries.jsonl", {"_id": "q1", "text": "ledger"}, {"_id": "q2", "text": "nobody judged this"})
    judge(tmp_path, "test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t2\n\nq1\t2\t0\n")
    return tmp_path


def write(folder: Path, name: str, *records: object) -> None:
    (folder / name).write_text("".join(f"{json.dumps(record)}\n" for record in records))


def judge(folder: Path, name: str, text: str) -> None:
    (folder / "qrels").mkdir(exist_ok=True)
    (folder / "qrels" / name).write_text(text)


def test_a_collection_is_read_and_questions_without_judgement_are_left_out(folder):
    collection = beir.read(folder)
    assert collection.texts == {"d1": beir.Text("A ledger", "kept by hand", {}), "2": beir.Text("", "", {})}
    assert collection.questions == {"q1": "ledger"}
    assert collection.judged == {"q1": {"d1": 2, "2": 0}}
    assert collection.name == folder.name


def test_judgements_to_train_with_are_left_out_where_there_are_some_to_test_with(folder):
    judge(folder, "train.tsv", "query-id\tcorpus-id\tscore\nq2\td1\t1\n")
    assert beir.read(folder).judged.keys() == {"q1"}
    (folder / "qrels" / "test.tsv").unlink()
    assert beir.read(folder).judged.keys() == {"q2"}


def test_judgements_without_a_head_lose_no_line(folder):
    judge(folder, "test.tsv", "q2\td1\t1\n")
    assert beir.read(folder).judged == {"q2": {"d1": 1}}


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"_id": "d3"}', '{"text": "of nobody"}', '{"_id": "d3", "text": 3}'])
def test_a_line_that_is_no_record_is_named(folder, line):
    with (folder / "corpus.jsonl").open("a") as stream:
        stream.write(line)
    with pytest.raises(CantMeasure, match=r'Line 3 of .*corpus.jsonl is no JSON object with "_id" and "text".'):
        beir.read(folder)


@pytest.mark.parametrize("line", ["q1 d1 1", "q1\td1", "q1\td1\tgood", "q1\t0\td1\t1"])
def test_a_line_that_is_no_judgement_is_named(folder, line):
    judge(folder, "test.tsv", f"query-id\tcorpus-id\tscore\nq1\td1\t1\n{line}\n")
    with pytest.raises(CantMeasure, match=r"Line 3 of .*test.tsv is no judgement"):
        beir.read(folder)


def test_what_is_no_collection_is_said_in_a_sentence(folder, tmp_path, capsys):
    said = [quality.main([str(tmp_path / "missing")]), capsys.readouterr().err]
    assert said == [1, f"The search can't be measured. There is no folder {tmp_path / 'missing'}. {beir.LAYOUT}\n"]
    (folder / "corpus.jsonl").unlink()
    assert quality.main([str(folder)]) == 1
    assert "corpus.jsonl can't be read: No such file or directory." in capsys.readouterr().err
    write(folder, "queries.jsonl", {"_id": "q9", "text": "judged by nobody"})
    assert quality.main([str(folder)]) == 1
    assert "queries.jsonl has a judgement." in capsys.readouterr().err
    (folder / "qrels" / "test.tsv").unlink()
    assert quality.main([str(folder)]) == 1
    assert "qrels has no judgements." in capsys.readouterr().err


def test_a_file_that_is_not_in_utf_8_is_said_in_a_sentence(folder):
    (folder / "queries.jsonl").write_bytes('{"_id": "q1", "text": "café"}'.encode("latin-1"))
    with pytest.raises(CantMeasure, match="queries.jsonl is not in UTF-8."):
        beir.read(folder)


# --- the table


def test_each_collection_has_a_row_for_each_database():
    row = quality.Row("own", "SQLite", 60, 80, quality.Scores(0.5, 0.25, 1), 0.123, 2.5)
    title, heads, cells, _ = Chapter("How well", quality.COLUMNS, [row]).lines()
    assert cells.split() == ["own", "SQLite", "60", "80", "0.5000", "0.2500", "1.0000", "0.12", "2.50"]
    assert heads.index("recall@100") + len("recall@100") == cells.index("1.0000") + len("1.0000")


def test_a_collection_is_measured_in_a_library_of_its_own(folder, tmp_path, capsys):
    results = tmp_path / "results.json"
    assert quality.main([str(folder), "--only", "SQLite", "--json", str(results)]) == 0
    (row,) = json.loads(results.read_text())
    assert row["scores"] == {"ndcg_10": 1, "recall_10": 1, "recall_100": 1}
    assert (row["database"], row["articles"], row["questions"]) == ("SQLite", 2, 1)
    assert "SQLite" in capsys.readouterr().out


def test_a_collection_can_be_thickened_by_newer_texts_that_answer_nothing(folder, tmp_path, capsys):
    results = tmp_path / "results.json"
    asked = [str(folder), "--only", "SQLite", "--distractors", "30", "--json", str(results)]
    assert quality.main(asked) == 0
    assert quality.main([*asked, "--ranked", "100000"]) == 0
    (row,) = json.loads(results.read_text())
    assert row["articles"] == 32
    assert row["scores"]["ndcg_10"] == 1


def test_distractors_are_mixed_of_the_sentences_of_the_collection_and_always_the_same():
    collection = beir.Collection("two", {"a": beir.Text("T", "One. Two!\nThree", {})}, {}, {})
    first, second = (beir.thickened(collection, 3).texts for _ in range(2))
    assert first == second
    mixed = [line for key, text in first.items() if key != "a" for line in text.text.split("\n")]
    assert set(mixed) == {"One.", "Two!", "Three"}


# --- a collection in a library


@pytest.mark.django_db
def test_a_text_becomes_an_article_with_its_layers_and_tags(reader):
    metadata = {"note": "asked for it", "overview": " ", "tags": ["Paper", "paper"], "saved": "2021-03-04"}
    collection = beir.Collection("one", {"d1": beir.Text("A ledger", "kept by hand", metadata)}, {}, {})
    ((link_id, key),) = asking.shelve(reader, collection).items()
    link = reader.links.get(pk=link_id)
    assert (key, link.title, str(link.saved_at.date())) == ("d1", "A ledger", "2021-03-04")
    assert dict(link.sections.values_list("kind", "text")) == {Kind.ARTICLE: "kept by hand", Kind.NOTE: "asked for it"}
    assert [tag.name_key for tag in link.tags.all()] == ["paper"]
    assert link.has_article and link.has_note and not link.has_overview


@pytest.mark.django_db
def test_a_collection_of_many_batches_is_all_found(reader, monkeypatch):
    monkeypatch.setattr(asking, "BATCH", 3)
    texts = {f"d{number}": beir.Text("", "a ledger", {}) for number in range(8)}
    collection = beir.Collection("many", texts, {"q": "ledger"}, {})
    articles = asking.shelve(reader, collection)
    assert sorted(asking.ask(reader, collection, articles)["q"]) == sorted(texts)


@pytest.mark.django_db
def test_a_question_does_not_find_itself(reader):
    texts = {key: beir.Text("", "a ledger", {}) for key in ("one", "other")}
    collection = beir.Collection("own", texts, {"one": "ledger"}, {})
    assert asking.ask(reader, collection, asking.shelve(reader, collection)) == {"one": ["other"]}


# --- the search itself


@pytest.fixture(scope="module")
def own() -> beir.Collection:
    return beir.read(COLLECTION)


@pytest.mark.django_db
def test_the_search_finds_as_well_as_it_did(own, reader):
    scores = quality.score(own, asking.ask(reader, own, asking.shelve(reader, own)))
    assert scores.ndcg_10 >= LEAST_NDCG_10, scores
    assert scores.recall_10 >= LEAST_RECALL_10, scores
    assert scores.recall_100 >= LEAST_RECALL_100, scores


def test_the_collection_has_sixty_articles_in_six_languages(own):
    languages = Counter(key[:2] for key in own.texts)
    assert len(own.texts) == 60
    assert languages == {"en": 25, "de": 8, "fr": 7, "es": 7, "zh": 7, "ja": 6}
    assert len({text.title for text in own.texts.values()}) == 60


def test_the_collection_has_eighty_questions_with_answers_that_exist(own):
    assert len(own.questions) == len(set(own.questions.values())) == 80
    judged = list(beir.judgements(COLLECTION / "qrels" / "test.tsv"))
    assert {question for question, _, _ in judged} == own.questions.keys()
    assert {text for _, text, _ in judged} <= own.texts.keys()
    assert {grade for _, _, grade in judged} == {1, 2}
    assert all(2 in grades.values() for grades in own.judged.values())
