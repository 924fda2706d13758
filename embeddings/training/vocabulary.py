"""One WordPiece vocabulary for both languages: the teacher's English pieces, then French ones.

Keeping the teacher's pieces whole means that English is cut almost as the teacher cuts it, so that the
teacher's knowledge of English survives the change of vocabulary.
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
# Letters of the Latin script once accents are stripped, digits, punctuation and signs: what the two languages
# use.
LATIN = re.compile(
    r"[\x21-\x7e\u00a1-\u024f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u214f\u2190-\u22ff]+"
)
# French pieces learned to fill what the words leave; more are learned than used, for some are English pieces
# too.
LEARNED_PIECES = 30_000
# The teacher lists its pieces by frequency; the last ones are rare enough to be cut in two, and make room for
# French.
ENGLISH_PIECES = 25_000
# NFD takes no ligature apart, and a typographic apostrophe would make "l’avis" and "l'avis" different texts.
SPELLINGS = (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"), ("’", "'"), ("‘", "'"), ("ʼ", "'"))


def with_rules(vocabulary: dict[str, int]) -> Tokenizer:
    """Return the tokenizer of a vocabulary: lower case, accents stripped, ``[CLS] text [SEP]``."""
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    spellings = [normalizers.Replace(old, new) for old, new in SPELLINGS]
    bert = normalizers.BertNormalizer(lowercase=True, strip_accents=True, handle_chinese_chars=False)
    tokenizer.normalizer = normalizers.Sequence([*spellings, bert])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B [SEP]",
        special_tokens=[(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")],
    )
    return tokenizer


def english_pieces(teacher: Tokenizer) -> list[str]:
    """Return the teacher's pieces, most frequent first, without other scripts and unused entries."""
    by_id = sorted(teacher.get_vocab().items(), key=lambda item: item[1])
    latin = (piece for piece, _ in by_id if piece not in SPECIAL and is_english_piece(piece))
    return list(islice(latin, ENGLISH_PIECES))


def is_english_piece(piece: str) -> bool:
    """Tell whether a piece of the teacher is written in Latin letters, digits or signs."""
    return not piece.startswith("[unused") and bool(LATIN.fullmatch(piece.removeprefix("##")))


def frequent_words(texts: Iterable[str], rules: Tokenizer, count: int, known: set[str]) -> list[str]:
    """Return the ``count`` most frequent words of ``texts`` outside ``known``, most frequent first."""
    frequency: Counter[str] = Counter()
    for text in texts:
        normal = rules.normalizer.normalize_str(text)
        frequency.update(word for word, _ in rules.pre_tokenizer.pre_tokenize_str(normal) if word.isalpha())
    ranked = sorted(frequency.items(), key=lambda item: (-item[1], item[0]))
    return list(islice((word for word, _ in ranked if word not in known), count))


def learned_pieces(texts: Iterable[str], rules: Tokenizer) -> list[str]:
    """Return WordPiece pieces learned from ``texts``, in the order in which they were learned.

    The library breaks ties between equally frequent pieces differently from run to run.
    """
    learner = with_rules({token: index for index, token in enumerate(SPECIAL)})
    learner.train_from_iterator(
        texts, WordPieceTrainer(vocab_size=LEARNED_PIECES, special_tokens=list(SPECIAL), show_progress=False)
    )
    return [piece for piece, _ in sorted(learner.get_vocab().items(), key=lambda item: item[1])]


def build(teacher: Tokenizer, french: list[str], size: int, french_words: int) -> Tokenizer:
    """Return the bilingual tokenizer of ``size`` pieces at most, ``french_words`` of them French words."""
    pieces = dict.fromkeys([*SPECIAL, *english_pieces(teacher)])
    rules = with_rules({piece: index for index, piece in enumerate(pieces)})
    pieces |= dict.fromkeys(frequent_words(french, rules, french_words, set(pieces)))
    # Continuations first: whole words were chosen by frequency above.
    learned = sorted(learned_pieces(french, rules), key=lambda piece: not piece.startswith("##"))
    pieces |= dict.fromkeys(learned)
    return with_rules({piece: index for index, piece in enumerate(islice(pieces, size))})
