"""What models are compared on: questions, the passages searched, parallel text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import NoInput
from rag.evaluation.bitext import Parallel
from rag.evaluation.gold import Gold, load_gold
from rag.evaluation.qrels import Qrels, derive_qrels
from rag.evaluation.question import Question
from rag.indexing import contents_of
from rag.intake import take_in
from rag.passages import Passage


@dataclass(frozen=True, slots=True)
class Material:
    """What every model is measured on.

    Attributes:
        gold: the gold set.
        questions: the answerable ones of the split.
        passages: the passages searched, those set aside as boilerplate left out.
        texts: what is embedded of each passage, its article's title included.
        qrels: language of the questions -> their judgements.
        parallel: sentences in two languages, None where none are given.

    """

    gold: Gold
    questions: tuple[Question, ...]
    passages: tuple[Passage, ...]
    texts: tuple[str, ...]
    qrels: Mapping[str, Qrels]
    parallel: Parallel | None

    @property
    def unreachable(self) -> int:
        """Return how many answers no passage holds: they count as missed."""
        return sum(len(qrels.unreachable) for qrels in self.qrels.values())


def gather(
    gold: Path, split: str, articles: Path, parallel: Parallel | None, passage_tokens: int
) -> Material:
    """Read articles and gold set, and cut the passages as an index would.

    Raises:
        NoInput: a file does not exist, or the split holds no answerable question.
        BadData: the gold set is wrong or was written for other articles.

    """
    documents = take_in([articles]).documents
    read = load_gold(gold, {document.id: document.text for document in documents})
    questions = tuple(question for question in read.of_split(split) if question.answerable)
    if not questions:
        raise NoInput(f"{gold} holds no answerable question of split {split!r}", "use --split all")
    contents = contents_of(documents, passage_tokens)
    body = [place for place, passage in enumerate(contents.passages) if not passage.boilerplate]
    passages = tuple(contents.passages[place] for place in body)
    texts = tuple(contents.texts[place] for place in body)
    return Material(read, questions, passages, texts, _qrels(questions, passages), parallel)


def _qrels(questions: Sequence[Question], passages: Sequence[Passage]) -> dict[str, Qrels]:
    by_document: dict[str, list[Passage]] = {}
    for passage in passages:
        by_document.setdefault(passage.document_id, []).append(passage)
    languages = sorted({question.language for question in questions})
    return {
        language: derive_qrels(
            [question for question in questions if question.language == language],
            lambda document_id: by_document.get(document_id, []),
        )
        for language in languages
    }
