"""Fit what ranks, marks and refuses to a model, on the development half of the gold set.

    python -m tests.corpora DATA              the index of the evaluation
    python tests/benchmarks/fit.py DATA       writes rag/fitted.json
    python -m tests.corpora DATA              an index keeps the numbers it is made with

Ranking and marking: a conditional logit (McFadden 1974) over the passages of a question, over the
sentences of a passage. Refusing: a logistic regression. Each answerable question is asked three
times: as it is, over the articles that do not answer it, and with a name or number of another. The
threshold is chosen on confidences of folds that the regression has not seen.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from embeddings import load_encoder
from rag.evaluation.gold import load_gold
from rag.evaluation.question import Question
from rag.evidence import Evidence, Judge
from rag.filters import Filters
from rag.fitted import FILE, Fitted, shipped_fitted
from rag.fusion import FusionWeights
from rag.highlights import HighlightWeights
from rag.retriever import Retriever, sentences_of
from rag.snapshot import open_current

GOLD = Path(__file__).parents[2] / "seeds" / "gold.jsonl"
# The share of answerable questions that may be refused.
RISK = 0.04
# A second sentence is marked in about this share of passages.
SECOND = 0.33
# Keep weights small where examples are few; chosen among 0.1, 0.01 and 0.001 by cross-validation.
RIDGE_OF_CHOICE, RIDGE = 0.0005, 0.0002
FOLDS = 8
# How much each kind of example without an answer counts, of what all of them count.
SHARES = {"gold": 0.5, "left out": 0.25, "swapped": 0.25}
# Another name of the same kind: the articles say nothing of it.
SWAPS = {
    "en": "Luxembourg/Belgium Morocco/Tunisia Moroccan/Tunisian Moroccans/Tunisians Portugal/Norway "
    "Portuguese/Norwegian France/Poland French/Polish American/Brazilian US/Japanese USA/Japan "
    "Casablanca/Marseille Lisbon/Oslo Rabat/Geneva",
    "fr": "Luxembourg/Belgique Maroc/Tunisie marocaine/tunisienne marocain/tunisien marocains/tunisiens "
    "Marocains/Tunisiens luxembourgeoise/belge luxembourgeoises/belges luxembourgeois/belge "
    "Portugal/Norvège portugaise/norvégienne France/Pologne français/polonais USA/Japon américain/brésilien "
    "américaines/brésiliennes américains/brésiliens Casablanca/Marseille Lisbonne/Oslo",
}
PEOPLE = (
    "Hansen/Asselborn Schneider/Gramegna Lamrani/Fettah Seghrouchni/Akhannouch Melyani/Tazi "
    "Macron/Steinmeier Orange/Siemens MEDEF/Medac ADD/OCP 2019/2014 2021/2017 2030/2045"
)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """Alternatives of which some are right: features (n, d), right (n,)."""

    features: Floats
    right: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Example:
    """A question asked: its pair, evidence, whether the first passages hold an answer, its kind."""

    pair: str
    evidence: Evidence
    found: bool
    kind: str
    language: str


def choose(choices: Sequence[Choice]) -> Floats:
    """Return the weights, none negative, under which right alternatives are likeliest to be chosen."""
    told = [one for one in choices if one.right.any() and not one.right.all()]

    def loss(weights: Floats) -> float:
        scores = [one.features @ weights for one in told]
        chances = [
            np.logaddexp.reduce(score[one.right]) - np.logaddexp.reduce(score)
            for score, one in zip(scores, told, strict=True)
        ]
        return float(-np.mean(chances) + RIDGE_OF_CHOICE * (weights**2).sum())

    count = told[0].features.shape[1]
    return np.asarray(minimize(loss, np.zeros(count), bounds=[(0, None)] * count).x)


def passages(retriever: Retriever, questions: Sequence[Question]) -> Iterator[Choice]:
    """Yield the candidates of each answerable question with the parts of their scores."""
    for question in questions:
        found = retriever.candidates.find(retriever.understand(question.text))
        features = [(max(one.score.cosine, 0), one.score.sentence, one.score.words) for one in found]
        spans = [retriever.snapshot.passage(one.place.ordinal) for one in found]
        right = [
            any(a.document_id == p.document_id and p.span.start <= a.start and a.end <= p.span.end
                for a in question.answers)
            for p in spans
        ]  # fmt: skip
        yield Choice(np.array(features), np.array(right))


def sentences(retriever: Retriever, questions: Sequence[Question]) -> Iterator[Choice]:
    """Yield the sentences of each passage that holds an answer, headlines left out."""
    for question in questions:
        for one in retriever.candidates.find(retriever.understand(question.text))[:10]:
            passage = retriever.snapshot.passage(one.place.ordinal)
            held = [a.span for a in question.answers if a.document_id == passage.document_id]
            document = retriever.snapshot.document(passage.document_id)
            if document is None or not any(passage.span.overlap(span) for span in held):
                continue
            texts = [span.slice(document.text) for span in passage.sentences]
            candidates = sentences_of(one, texts)
            rows = [place for place, c in enumerate(candidates) if not c.announces]
            features = [(c.words, c.expected, np.log1p(c.length)) for c in (candidates[row] for row in rows)]
            right = [any(passage.sentences[row].overlap(span) for span in held) for row in rows]
            if rows:
                yield Choice(np.array(features, dtype=np.float64), np.array(right))


def fit_fusion(retriever: Retriever, questions: Sequence[Question]) -> FusionWeights:
    """Return the convex combination that ranks the passages with answers first."""
    weights = choose(list(passages(retriever, questions)))
    cosine, sentence, _ = np.round(weights / weights.sum(), 2)
    return FusionWeights(float(cosine), float(sentence), float(np.round(1 - cosine - sentence, 2)))


def fit_highlights(retriever: Retriever, questions: Sequence[Question]) -> HighlightWeights:
    """Return the weights that mark the sentences with answers."""
    choices = list(sentences(retriever, questions))
    weights = choose(choices)
    weights = np.round(weights / weights[0], 2)
    gaps = [
        float(np.subtract(*np.sort(one.features @ weights)[[-1, -2]]))
        for one in choices
        if len(one.right) > 1
    ]
    near = float(np.round(np.quantile(gaps, SECOND), 3))
    return HighlightWeights(*map(float, (*weights, near)))


def swapped(question: Question) -> Iterator[str]:
    """Yield the question with each of its names and numbers replaced by another."""
    for swap in (SWAPS[question.language] + " " + PEOPLE).split():
        name, other = swap.split("/")
        text = re.sub(rf"\b{name}\b", other, question.text)
        if text != question.text:
            yield text


def examples(retriever: Retriever, questions: Sequence[Question]) -> Iterator[Example]:
    """Yield each question as it is, over the articles that do not answer it, and about another name."""
    documents = retriever.snapshot.documents(0, retriever.snapshot.manifest.counts.documents)
    for question in questions:
        answering = {answer.document_id for answer in question.answers}
        others = Filters(document_id=tuple(one.id for one in documents if one.id not in answering))
        asked = [(question.text, Filters(), "answerable" if question.answerable else question.kind)]
        if answering:
            asked += [(question.text, others, "left out")]
            asked += [(text, Filters(), "swapped") for text in swapped(question)]
        for text, filters, kind in asked:
            hits = retriever.ask(text, 5, filters).hits
            found = kind == "answerable" and any(
                answer.document_id == hit.passage.document_id
                and hit.passage.span.start <= answer.start
                and answer.end <= hit.passage.span.end
                for hit in hits
                for answer in question.answers
            )
            if hits:
                yield Example(question.pair, hits[0].evidence, found, kind, question.language)


def regress(seen: Sequence[Example]) -> Floats:
    """Return intercept and weights of the logistic regression.

    However many examples there are without an answer, they weigh as much as in the gold set:
    a confidence of 0.9 should be right nine times in ten over questions mixed like those.
    """
    x, y = _matrix(seen), np.array([one.found for one in seen])
    origin = np.array([one.kind if one.kind in SHARES else "gold" for one in seen])
    answerable = np.array([one.kind == "answerable" for one in seen])
    asked = origin == "gold"
    share = answerable[asked].mean()
    weight = np.where(answerable, share / answerable.sum(), 0.0)
    for name, part in SHARES.items():
        rows = (origin == name) & ~answerable
        weight[rows] = (1 - share) * part / max(rows.sum(), 1)

    def loss(parameters: Floats) -> float:
        z = x @ parameters
        return float(np.logaddexp(0, np.where(y, -z, z)) @ weight + RIDGE * (parameters[1:] ** 2).sum())

    # More evidence never lowers a confidence.
    bounds = [(None, None)] + [(0, None)] * (x.shape[1] - 1)
    return np.asarray(minimize(loss, np.zeros(x.shape[1]), bounds=bounds).x)


def confidences(seen: Sequence[Example], parameters: Floats) -> Floats:
    """Return the confidence of each example."""
    return np.asarray(1 / (1 + np.exp(-_matrix(seen) @ parameters)))


def _matrix(seen: Sequence[Example]) -> Floats:
    return np.array([(1.0, *astuple(one.evidence)) for one in seen])


def unseen_confidences(seen: Sequence[Example]) -> Floats:
    """Return the confidence of each example from a regression that has not seen its pair."""
    fold = {pair: place % FOLDS for place, pair in enumerate(sorted({one.pair for one in seen}))}
    confidence = np.zeros(len(seen))
    for part in range(FOLDS):
        rows = np.array([fold[one.pair] == part for one in seen])
        parameters = regress([one for one in seen if fold[one.pair] != part])
        confidence[rows] = confidences([one for one in seen if fold[one.pair] == part], parameters)
    return confidence


def fit_judge(seen: Sequence[Example]) -> Judge:
    """Return the regression and the threshold that refuses `RISK` of the answerable questions."""
    parameters = np.round(regress(seen), 2)
    answerable = np.array([one.kind == "answerable" for one in seen])
    threshold = float(np.quantile(unseen_confidences(seen)[answerable], RISK))
    weights = Evidence(*map(float, parameters[1:]))
    return Judge(float(parameters[0]), weights, round(threshold, 3), RISK)


def show(split: str, seen: Sequence[Example], confidence: Floats, threshold: float) -> None:
    """Print the share refused of each kind of example."""
    for kind, language in sorted({(one.kind, one.language) for one in seen}):
        rows = [place for place, one in enumerate(seen) if (one.kind, one.language) == (kind, language)]
        share = (confidence[rows] < threshold).mean()
        print(f"{split:>5}  {kind:<18} {language}  refused {share:.3f} of {len(rows)}")


def main() -> None:
    """Fit on the development half, print for both, write the file."""
    encoder = load_encoder(*sys.argv[2:])
    snapshot = open_current(Path(sys.argv[1]), encoder)
    gold = load_gold(GOLD)
    development = [question for question in gold.of_split("dev") if question.answerable]
    fitted = replace(shipped_fitted(), model=encoder.fingerprint)
    fitted = replace(fitted, fusion=fit_fusion(Retriever(snapshot, encoder), development))
    fitted = replace(fitted, highlights=fit_highlights(Retriever(snapshot, encoder, fitted), development))
    retriever = Retriever(snapshot, encoder, fitted)
    seen = list(examples(retriever, gold.of_split("dev")))
    fitted = replace(fitted, judge=fit_judge(seen))
    show("dev", seen, unseen_confidences(seen), fitted.judge.threshold)
    FILE.write_text(as_text(fitted), "utf-8")
    print(FILE.read_text("utf-8"))


def as_text(fitted: Fitted) -> str:
    """Return the file's text, one group a line."""
    record = asdict(fitted)
    rows = [f' "{field.name}": {json.dumps(record[field.name])}' for field in fields(fitted)]
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    main()
