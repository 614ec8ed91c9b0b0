"""The engines that somebody might use instead, each as its own manual advises.

Every engine gets the same texts of an entry (title, official name, aliases) and the same folding, and
an entry is as good as the best of its texts. The libraries are imported where they are used: nobody
needs all of them, and the bot needs none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.matching.decision import SmallTalk
from bot.matching.index import Index
from bot.matching.lexicon import Lexicon
from bot.matching.profiles import Entry
from bot.matching.text import words
from bot.matching.understanding import understand

LEXICON = Path(__file__).parents[3] / "procedures" / "lexicon.yaml"
LISTED = 10  # entries that an engine names; beyond that nobody looks
FIRST_LOOK = 64  # texts; several may belong to one entry

Search = Callable[[str], Sequence[int]]  # a question to places of entries, the best first
Find = Callable[[str, int], Sequence[int]]  # a folded question to places of texts, so many


@dataclass(frozen=True)
class Engine:
    """An engine that has read a catalogue."""

    search: Search
    stored: int = 0  # bytes that it keeps in another process


Build = Callable[[Sequence[Entry]], Engine]


@dataclass(frozen=True)
class Texts:
    """What the peers read: folded texts, and whose they are."""

    texts: list[str]
    owners: list[int]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Texts:
        found = [
            (text, at)
            for at, entry in enumerate(entries)
            for text in dict.fromkeys(map(folded, _texts(entry)))
        ]
        return cls([text for text, _ in found], [at for _, at in found])

    def __len__(self) -> int:
        return len(self.texts)

    def engine(self, find: Find, stored: int = 0) -> Engine:
        """An engine over entries from one over texts."""
        return Engine(partial(_best_entries, find, self.owners), stored)


def _texts(entry: Entry) -> Iterable[str]:
    return (text for text in (entry.title, entry.official_name, *entry.aliases) if text)


def folded(text: str) -> str:
    """The text as our own matcher folds it, word by word."""
    return " ".join(word.folded for word in words(text))


def _best_entries(find: Find, owners: Sequence[int], question: str) -> list[int]:
    """Entries in the order of their best texts; looks again, deeper, when too few came."""
    text, limit = folded(question), FIRST_LOOK
    while True:
        found = find(text, limit)
        entries = list(dict.fromkeys(owners[at] for at in found))
        if len(entries) >= LISTED or len(found) < limit:
            return entries[:LISTED]
        limit *= 4


# Ours


def matcher(entries: Sequence[Entry]) -> Engine:
    """The whole of the understanding: what a citizen's message goes through."""
    index, places = _index(entries), _places(entries)

    def search(question: str) -> list[int]:
        decision = understand(question, index=index)
        if isinstance(decision, SmallTalk):
            return []
        return [places[one.id] for one in decision.candidates]

    return Engine(search)


def matcher_search(entries: Sequence[Entry]) -> Engine:
    """The search alone, without conversation and decision."""
    index, places = _index(entries), _places(entries)
    return Engine(lambda question: [places[one.id] for one in index.search(question)])


def _index(entries: Sequence[Entry]) -> Index:
    """Our index of what the peers read: no papers, life events and summaries."""
    bare = [replace(one, documents=(), life_events=(), summary="", sector="") for one in entries]
    return Index.build(bare, Lexicon.load(LEXICON))


def _places(entries: Sequence[Entry]) -> dict[str, int]:
    return {entry.id: at for at, entry in enumerate(entries)}


# Peers


def fuzzy(scorer: Callable[..., float], entries: Sequence[Entry]) -> Engine:
    """RapidFuzz over all texts."""
    texts = Texts.of(entries)

    def find(text: str, limit: int) -> list[int]:
        found = process.extract(text, texts.texts, scorer=scorer, limit=limit)
        return [at for _, _, at in found]

    return texts.engine(find)


def fts5(
    tokenizer: str, terms_of: Callable[[str], Iterable[str]], entries: Sequence[Entry]
) -> Engine:
    """SQLite's full text index in memory, any term, its own BM25."""
    texts = Texts.of(entries)
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='{tokenizer}')")
    rows = ((at, text) for at, text in enumerate(texts.texts))
    database.executemany("INSERT INTO texts(rowid, text) VALUES (?, ?)", rows)
    database.execute("INSERT INTO texts(texts) VALUES ('optimize')")

    def find(text: str, limit: int) -> list[int]:
        query = " OR ".join(f'"{term}"' for term in dict.fromkeys(terms_of(text)))
        if not query:
            return []
        wanted = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"
        return [at for (at,) in database.execute(wanted, (query, limit))]

    return texts.engine(find)


def long_words(text: str) -> list[str]:
    """Words that have a trigram. Every trigram of the text finds no more and takes five times as long."""
    return [word for word in text.split() if len(word) >= 3]


def bm25s(terms_of: Callable[[str], list[str]], entries: Sequence[Entry]) -> Engine:
    """BM25 in NumPy (Lucene's formula)."""
    import bm25s

    texts = Texts.of(entries)
    retriever = bm25s.BM25()
    retriever.index([terms_of(text) for text in texts.texts], show_progress=False)

    def find(text: str, limit: int) -> list[int]:
        most = min(limit, len(texts))
        found, scores = retriever.retrieve([terms_of(text)], k=most, show_progress=False)
        pairs = zip(found[0], scores[0], strict=True)
        return [int(at) for at, score in pairs if score > 0]

    return texts.engine(find)


def with_pairs(text: str) -> list[str]:
    """Words and neighbouring words: most Vietnamese words are two syllables."""
    words = text.split()
    return [*words, *(f"{left} {right}" for left, right in pairwise(words))]


def tantivy(entries: Sequence[Entry]) -> Engine:
    """Tantivy's index in memory, any word, its own BM25."""
    import tantivy

    texts = Texts.of(entries)
    schema = (
        tantivy.SchemaBuilder()
        .add_text_field("text", tokenizer_name="whitespace", index_option="freq")
        .add_integer_field("at", fast=True)
        .build()
    )
    index = tantivy.Index(schema)
    writer = index.writer(num_threads=1)
    for at, text in enumerate(texts.texts):
        writer.add_document(tantivy.Document(text=text, at=at))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def find(text: str, limit: int) -> list[int]:
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word, "freq"))
                for word in dict.fromkeys(text.split())
            ]
        )
        hits = searcher.search(query, limit, count=False).hits
        return [int(at) for at in searcher.fast_field_values("at", [one for _, one in hits])]

    return texts.engine(find)


def char_ngrams(entries: Sequence[Entry]) -> Engine:
    """TF-IDF on pieces of two to four characters, cosine."""
    import numpy
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = Texts.of(entries)
    vectorizer = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=numpy.float32
    )
    columns = vectorizer.fit_transform(texts.texts).T.tocsr()

    def find(text: str, limit: int) -> list[int]:
        scores = (vectorizer.transform([text]) @ columns).toarray()[0]
        most = min(limit, len(texts))
        best = numpy.argpartition(-scores, most - 1)[:most]
        return [int(at) for at in best[numpy.argsort(-scores[best], kind="stable")]]

    return texts.engine(find)


def postgres(url: str, entries: Sequence[Entry]) -> Engine:
    """PostgreSQL's full text search, any word, with a GIN index."""
    import psycopg

    texts = Texts.of(entries)
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("CREATE TEMP TABLE raw (at integer, text text)")
    with connection.cursor() as cursor, cursor.copy("COPY raw FROM STDIN") as copy:
        for row in enumerate(texts.texts):
            copy.write_row(row)
    connection.execute(
        "CREATE TEMP TABLE texts AS SELECT at, to_tsvector('simple', text) AS words FROM raw"
    )
    connection.execute("CREATE INDEX ON pg_temp.texts USING gin (words)")
    connection.execute("ANALYZE pg_temp.texts")
    size = connection.execute("SELECT pg_total_relation_size('pg_temp.texts')").fetchone()

    def find(text: str, limit: int) -> list[int]:
        query = " | ".join(dict.fromkeys(text.split()))
        rows = connection.execute(POSTGRES_QUERY, {"query": query, "limit": limit}, prepare=True)
        return [at for (at,) in rows]

    return texts.engine(find, stored=size[0])


# Of ts_rank and ts_rank_cd with each normalisation, this one found most.
POSTGRES_QUERY = """
SELECT at FROM pg_temp.texts, to_tsquery('simple', %(query)s) AS query
WHERE words @@ query ORDER BY ts_rank(words, query, 1) DESC, at LIMIT %(limit)s
"""

MATCHER = "Một Cửa"
ENGINES: dict[str, Build] = {
    MATCHER: matcher,
    "Một Cửa, search alone": matcher_search,
    "rapidfuzz WRatio": partial(fuzzy, fuzz.WRatio),
    "rapidfuzz token_set_ratio": partial(fuzzy, fuzz.token_set_ratio),
    "SQLite FTS5 unicode61": partial(fts5, "unicode61", str.split),
    "SQLite FTS5 trigram": partial(fts5, "trigram", long_words),
    "bm25s": partial(bm25s, str.split),
    "bm25s, syllable pairs too": partial(bm25s, with_pairs),
    "tantivy": tantivy,
    "TF-IDF, char n-grams": char_ngrams,
}
POSTGRES = "PostgreSQL full text"
PACKAGES = {  # of the extra `bench`, by the engine's name
    "bm25s": "bm25s",
    "bm25s, syllable pairs too": "bm25s",
    "tantivy": "tantivy",
    "TF-IDF, char n-grams": "sklearn",
    POSTGRES: "psycopg",
}


def can_run(name: str) -> bool:
    """Whether the engine's package is installed."""
    return name not in PACKAGES or find_spec(PACKAGES[name]) is not None


def build(name: str, entries: Sequence[Entry], server: str = "") -> Engine:
    """The engine of this name over these entries."""
    return postgres(server, entries) if name == POSTGRES else ENGINES[name](entries)
