"""Tables of addresses that no tool is known to write."""

import time
from datetime import UTC, datetime

import pytest

from library.importers.formats import address_table, format_of
from library.importers.record import Record, Refusal
from tests.importers.readings import file_of, read_all, records, refusals, texts

READECK = (
    "url,title,created,labels,is_archived,is_marked,type\r\n"
    'https://slow.example/ledger,The ledger,2024-10-29T16:30:11Z,"[""money"",""old books""]",true,true,article\r\n'
)


def test_a_table_is_read_by_the_names_of_its_columns():
    (record,) = records(address_table, READECK)
    assert (record.title, record.url, record.type) == ("The ledger", "https://slow.example/ledger", "article")
    assert (record.tags, record.state, record.favourite) == (("money", "old books"), "archived", True)
    assert record.created == datetime(2024, 10, 29, 16, 30, 11, tzinfo=UTC)


def test_a_readers_own_sheet_is_read():
    (record,) = records(address_table, "Name;Website;Notes;Rating\nThe ledger;https://slow.example/;Mine;5\n")
    assert (record.title, record.url, texts(record)) == ("The ledger", "https://slow.example/", {"note": "Mine"})
    assert record.extra == {"rating": "5"}


def test_another_mapping_can_be_given():
    file = file_of("wo,was,url\nhttps://a.example/,Ein Titel,\n")
    assert address_table.columns(file) == ["url", "was", "wo"]
    (record,) = address_table.read(file, {"wo": "url", "was": "title"})
    assert isinstance(record, Record)
    assert (record.title, record.url) == ("Ein Titel", "https://a.example/")


def test_rows_that_lead_nowhere_are_refused_and_the_others_go_on():
    content = "title,url\nA,https://a.example/\nB,\nC,javascript:x\n,,,\nD,https://d.example/,x,y\n"
    assert [type(each) for each in read_all(address_table, content)] == [Record, Refusal, Refusal, Refusal]
    assert refusals(address_table, content)[0] == "It has no address and no text."


@pytest.mark.parametrize("text", ["url\nhttps://a.example/\n", "a,b\n1,2\n", "Just, words.", ""])
def test_other_tables_are_not_recognised(text):
    assert format_of(file_of(text)) is None


@pytest.mark.parametrize("piece", ['"', "a\n", '"a\n', "https://a.example/,b\n"])
def test_no_table_takes_long(piece):
    started = time.process_time()
    list(address_table.read(file_of("url,title\n" + piece * (60_000 // len(piece)))))
    assert time.process_time() - started < 10
