"""Snippets mark what the index found, so both must take the same words for one."""

import sqlite3

from library.search.stems import longer_words, stem

TEXT = """
run running runs runner hop hopping hoping hope hopes hopped agreed feed bled plastered sing conflated troubled
sized falling hissing fizzed failing filing happy sky cry cries dying relational conditional rational valency digitizer
conformably radically differently vilely analogously vietnamization predication operator feudalism decisiveness
hopefulness callousness formality sensitivity sensibility triplicate formative formalize electricity electrical hopeful
goodness revival allowance inference airliner gyroscopic adjustable defensible irritant replacement adjustment dependent
adoption homologous communism activate angularity effective bowdlerize probate rate cease controll roll generalizations
oscillators ties tie ponies caresses cats ss us is y yes syzygy queueing archaeology apologies geology probably
"""
WORDS = TEXT.split()


def test_stems_are_those_of_the_index():
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE texts USING fts5(word, tokenize='porter unicode61')")
    index.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(texts, 'instance')")
    index.executemany("INSERT INTO texts (rowid, word) VALUES (?, ?)", enumerate(WORDS))
    stems = {WORDS[place]: term for term, place in index.execute("SELECT term, doc FROM terms")}
    assert {word: stem(word) for word in WORDS} == stems


def test_every_word_begins_with_its_stem_but_for_the_last_letter():
    assert [word for word in WORDS if not word.startswith(stem(word)[:-1])] == []


def test_a_beginning_that_reaches_beyond_the_stem_names_the_words_it_means():
    assert stem("accessibility") in {stem(word) for word in longer_words("accessib")}
    assert stem("running") in {stem(word) for word in longer_words("runn")}
    assert longer_words("data") == ()
