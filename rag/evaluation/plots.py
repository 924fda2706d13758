"""Plots as plain shapes: the page draws each as one SVG element, with every value escaped."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.evaluation.calibration import Bin, Point
from rag.evaluation.intervals import Value
from rag.evaluation.summary import Values

Place = tuple[float, float]

WIDTH, HEIGHT = 420, 280
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 44
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
LARGEST_DOT = 14  # radius of a bin that holds every question
BAR, GAP, ROW_GAP, LABEL = 12, 3, 12, 150  # of the bars, in the units of the drawing


@dataclass(frozen=True, slots=True)
class Shape:
    """One SVG element: its tag, attributes, and the text it holds or shows on hovering."""

    tag: str
    attributes: Mapping[str, str | float]
    text: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing: a heading, what it says to someone who cannot see it, and its shapes."""

    heading: str
    description: str
    width: int
    height: int
    shapes: tuple[Shape, ...]


def risk_coverage_plot(points: Sequence[Point]) -> Plot:
    """Draw how often answers are wrong when only the surest questions are answered."""
    top = max((point.risk for point in points), default=0.0)
    scale = next((limit for limit in (0.1, 0.2, 0.5) if top <= limit), 1.0)
    places = [(_x(point.coverage), _y(point.risk / scale)) for point in points]
    line = Shape("polyline", {"points": " ".join(f"{x},{y}" for x, y in places), "class": "line"})
    said = (f"answering {p.coverage:.0%}: {p.risk:.1%} wrong (confidence {p.confidence:.2f})" for p in points)
    dots = [_dot(place, 2.5, title) for place, title in zip(places, said, strict=True)]
    text = f"Answering every question is wrong {points[-1].risk if points else 0.0:.1%} of the time."
    axes = _axes("share of questions answered, surest first", "share of these wrong", scale)
    return Plot("Risk and coverage", text, WIDTH, HEIGHT, (*axes, line, *dots))


def reliability_plot(bins: Sequence[Bin], error: float) -> Plot:
    """Draw what `confidence` promised against what happened; the area of a dot is its questions."""
    total = sum(b.questions for b in bins) or 1
    dots = [
        _dot(
            (_x(b.confidence), _y(b.accuracy)),
            max(2.5, LARGEST_DOT * math.sqrt(b.questions / total)),
            f"{b.questions} questions: promised {b.confidence:.2f}, kept {b.accuracy:.2f}",
        )
        for b in bins
    ]
    diagonal = _line((_x(0), _y(0)), (_x(1), _y(1)), "ideal")
    text = f"Expected calibration error {error:.3f}; on the diagonal, confidence means what it says."
    axes = _axes("confidence", "share that held the answer", 1.0)
    return Plot("Reliability of confidence", text, WIDTH, HEIGHT, (*axes, diagonal, *dots))


def language_plot(languages: Mapping[str, Values], measures: Sequence[str]) -> Plot:
    """Draw each measure as one bar a language, with its 95 % interval."""
    row = len(languages) * (BAR + GAP) + ROW_GAP
    shapes: list[Shape] = []
    for place, measure in enumerate(measures):
        top = place * row + TOP
        shapes.append(_text((LABEL - 8, top + (row - ROW_GAP) / 2 + 4), measure, "end"))
        for order, (language, values) in enumerate(languages.items()):
            shapes += _bar(values[measure], language, top + order * (BAR + GAP), f"bar{order % 2}")
    height = len(measures) * row + TOP
    return Plot("By language", "Bars are values, lines their 95 % intervals.", WIDTH, height, tuple(shapes))


def _bar(value: Value, language: str, top: float, kind: str) -> Iterator[Shape]:
    if value.value is None or value.low is None or value.high is None:
        return
    long = WIDTH - LABEL - 64  # room for the number behind the bar
    title = f"{language}: {value.value:.3f} [{value.low:.3f}, {value.high:.3f}]"
    box = {"x": LABEL, "y": top, "width": round(value.value * long, 1), "height": BAR}
    yield Shape("rect", {**box, "class": kind}, title=title)
    middle = top + BAR / 2
    ends = (round(LABEL + value.low * long, 1), middle), (round(LABEL + value.high * long, 1), middle)
    yield _line(*ends, "whisker")
    yield _text((LABEL + long + 8, top + BAR - 2), f"{language} {value.value:.3f}", "start")


def _axes(across: str, up: str, scale: float) -> Iterator[Shape]:
    for tick in TICKS:
        yield _line((_x(0), _y(tick)), (_x(1), _y(tick)), "grid")
        yield _text((LEFT - 6, _y(tick) + 4), f"{tick * scale:.3g}", "end")
        yield _text((_x(tick), HEIGHT - 26), f"{tick:g}", "middle")
    yield _text((_x(0.5), HEIGHT - 8), across, "middle")
    yield _text((12, _y(0.5)), up, "middle", f"rotate(-90 12 {_y(0.5)})")


def _text(place: Place, words: str, anchor: str, transform: str = "") -> Shape:
    turned = {"transform": transform} if transform else {}
    return Shape("text", {"x": place[0], "y": place[1], "text-anchor": anchor, **turned}, words)


def _line(start: Place, end: Place, kind: str) -> Shape:
    return Shape("line", {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1], "class": kind})


def _dot(place: Place, radius: float, title: str) -> Shape:
    around = {"cx": place[0], "cy": place[1], "r": round(radius, 1)}
    return Shape("circle", {**around, "class": "dot"}, title=title)


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)
