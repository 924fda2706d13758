"""How a hit's score came about, and which words of the passage stand for those of the question."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rag.fusion import Score
from rag.lexical import term_of, words_of
from rag.query import QueryTerm


@dataclass(frozen=True, slots=True)
class Explanation:
    """The parts of a score; the shares add up to `fused` exactly.

    Attributes:
        fused: the score.
        dense: cosine of question and passage, and its share.
        sentence: what its best sentence alone speaks for it, and its share.
        date: the share that comes from its day of publication, where the question names one.
        lexical: `words`, the share of the question's information that is covered, and its share of
            the score; `terms`, the words of the passage that count as the question's own or their
            translation; `matched`, the same for each word of the question.

    """

    fused: float
    dense: dict[str, float]
    sentence: dict[str, float]
    date: dict[str, float]
    lexical: dict[str, object]


def explain(score: Score, wanted: Sequence[QueryTerm], text: str, field: str) -> Explanation:
    """Explain the score of a passage with this text, for a question with these words."""
    matched = _matched(wanted, text, field)
    return Explanation(
        fused=score.fused,
        dense={"cosine": score.cosine, "share": score.dense_share},
        sentence={"score": score.sentence, "share": score.sentence_share},
        date={"share": score.date_share},
        lexical={
            "words": score.words,
            "share": score.lexical_share,
            "terms": sorted(set().union(*matched.values())),
            "matched": matched,
        },
    )


def _matched(wanted: Sequence[QueryTerm], text: str, field: str) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {term.word: set() for term in wanted}
    asked_by: dict[str | None, list[set[str]]] = defaultdict(list)
    for term in wanted:
        for alternative in term.alternatives:
            asked_by[alternative].append(found[term.word])
    for word in set(words_of(text)):
        for standing in asked_by.get(term_of(word, field), ()):
            standing.add(word)
    return {word: sorted(standing) for word, standing in found.items() if standing}
