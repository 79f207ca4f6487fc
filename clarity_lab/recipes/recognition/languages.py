"""Digits in four languages, read aloud by a machine, learnt one after another.

Every voice speaks every language, so the languages differ and the people do not.

Lesson: 24_continual_languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from clarity_lab.audio import speak
from clarity_lab.metrics.text import TextErrors, word_errors
from clarity_lab.models.continual import FineTuning, learn
from clarity_lab.models.conv_encoder import ConvEncoder
from clarity_lab.models.ctc_search import greedy_search
from clarity_lab.models.modes import drawn_with, listening
from clarity_lab.models.polyglot import Polyglot, Row, Task
from clarity_lab.models.speech_features import Batch, batch_of
from clarity_lab.models.training import Plan
from clarity_lab.recipes.recognition.digit_strings import DigitString, Spoken, strings
from clarity_lab.recipes.recognition.digits import as_by_another, tokens_of


@dataclass(frozen=True)
class Language:
    """A language and its ten digits.

    Attributes:
        name: In English.
        code: As eSpeak NG calls it.
        digits: Zero to nine.
    """

    name: str
    code: str
    digits: tuple[str, ...]


def _language(name: str, code: str, digits: str) -> Language:
    return Language(name, code, tuple(digits.split()))


ENGLISH = _language(
    "English", "en", "zero one two three four five six seven eight nine"
)
ITALIAN = _language(
    "Italian", "it", "zero uno due tre quattro cinque sei sette otto nove"
)
FRENCH = _language("French", "fr", "zéro un deux trois quatre cinq six sept huit neuf")
RUSSIAN = _language(
    "Russian", "ru", "ноль один два три четыре пять шесть семь восемь девять"
)
LANGUAGES = (ENGLISH, ITALIAN, FRENCH, RUSSIAN)

TEST_VOICES = ("Hugo", "belinda", "edward", "f3", "m2", "michel", "pablo", "steph")
TRAIN_VOICES = (
    *("Alex", "Alicia", "Andy", "Annie", "Denis", "Gene", "Henrique", "Jacky", "Lee"),
    *("Mario", "Michael", "Mike", "adam", "anika", "antonio", "benjamin", "caleb"),
    *("david", "ed", "f1", "f2", "f4", "f5", "ian", "linda", "m1", "m3", "m4", "m5"),
    *("m6", "m7", "m8", "marcelo", "max", "miguel", "pedro", "quincy", "rob", "sandro"),
    *("shelby", "travis", "victor"),
)
WORDS_PER_MINUTE, PITCHES = (140, 240), (25, 75)
"""How a voice may speak; chance chooses for each word."""

N_TRAIN, N_TEST, BATCH_SIZE = 160, 80, 8
SIZES = {"size": 64, "n_blocks": 2, "width": 7, "widening": 2, "dropout": 0.1}
FIRST = Plan(n_epochs=12, learning_rate=3e-3)
NEXT = Plan(n_epochs=6, learning_rate=3e-3)
TRAINING, TEST = 0, 1
"""Part of the seeds: no two sets share their choices."""


def spoken_digits(
    language: Language, voices: Sequence[str], *, seed: int | Sequence[int]
) -> list[Spoken]:
    """Each digit by each voice, once, at some speed and pitch.

    Args:
        language: One of `LANGUAGES`.
        voices: Of `audio.voices()`.
        seed: Of speed and pitch.

    Returns:
        Synthetic recordings at one level.

    Raises:
        ModuleNotFoundError: If espeakng-loader is not installed.
    """
    rng = np.random.default_rng(seed)
    spoken = []
    for voice in voices:
        for digit, word in enumerate(language.digits):
            samples, sample_rate = speak(
                word,
                language=language.code,
                voice=voice,
                words_per_minute=rng.uniform(*WORDS_PER_MINUTE),
                pitch=rng.uniform(*PITCHES),
            )
            spoken.append(Spoken.of(digit, voice, samples, sample_rate=sample_rate))
    return spoken


def training_task(language: Language, *, seed: int) -> Task:
    """Rows of two to five digits by the voices for training."""
    chance = [seed, TRAINING, *language.code.encode()]
    spoken = spoken_digits(language, TRAIN_VOICES, seed=chance)
    rows = [
        (row.features, tokens_of(row)) for row in strings(spoken, N_TRAIN, seed=chance)
    ]
    return Task(language.name, len(language.digits) + 1, rows)


def unheard_rows(language: Language, *, seed: int) -> list[DigitString]:
    """Rows of two to five digits by voices that are in no training set."""
    chance = [seed, TEST, *language.code.encode()]
    spoken = spoken_digits(language, TEST_VOICES, seed=chance)
    return strings(spoken, N_TEST, seed=chance)


def make_batches(rows: Sequence[Row], rng: np.random.Generator) -> list[Batch]:
    """Shuffle rows, change tempo and pitch of each, and put them together."""
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    changed = []
    for k in rng.permutation(len(rows)):
        features, tokens = rows[k]
        changed.append((as_by_another(features, rng=rng, generator=generator), tokens))
    starts = range(0, len(changed), BATCH_SIZE)
    groups = [changed[start : start + BATCH_SIZE] for start in starts]
    return [batch_of(*zip(*group, strict=True)) for group in groups]


def new_model(*, seed: int) -> Polyglot:
    """A recogniser that knows no language yet."""
    with drawn_with(seed):
        return Polyglot(ConvEncoder(**SIZES))


def learn_first(
    task: Task, *, seed: int, device: str = "cpu", show: bool = True
) -> Polyglot:
    """A recogniser of one language, with which all others start."""
    model = new_model(seed=seed).to(device)
    plan = replace(FIRST, seed=seed)
    learn(model, [task], plan=plan, make_batches=make_batches, show=show)
    return model


def learn_next(
    model: Polyglot,
    *tasks: Task,
    by: FineTuning | None = None,
    seed: int,
    show: bool = True,
) -> Polyglot:
    """A copy that has learnt one more language, or several at once.

    Args:
        model: To start with; it stays as it is.
        tasks: To learn.
        by: What to do against forgetting.
        seed: Of order and changes.
        show: Whether to show a bar.

    Returns:
        The copy.
    """
    model = deepcopy(model)
    plan = replace(NEXT, seed=seed)
    learn(model, tasks, by=by, plan=plan, make_batches=make_batches, show=show)
    return model


def learn_in_turn(
    first: Polyglot,
    tasks: Sequence[Task],
    *,
    by: FineTuning,
    seed: int,
    show: bool = True,
) -> list[Polyglot]:
    """Learn one language after another.

    Args:
        first: Knows the first task, from `learn_first`; it stays as it is.
        tasks: All of them, the first included.
        by: What to do against forgetting.
        seed: Of order and changes.
        show: Whether to show bars.

    Returns:
        The recogniser after each task.
    """
    by.after(first, tasks[0])
    stages = [first]
    for task in tasks[1:]:
        stages.append(learn_next(stages[-1], task, by=by, seed=seed, show=show))
    return stages


def word_error_table(
    stages: Sequence[Polyglot],
    tests: Sequence[Sequence[DigitString]],
    languages: Sequence[Language] = LANGUAGES,
) -> NDArray[np.float64]:
    """What each stage gets wrong in each language that it has learnt.

    Args:
        stages: From `learn_in_turn`.
        tests: Rows of each language.
        languages: In the order in which they were learnt.

    Returns:
        Word error rates, NaN for languages to come, shape (stages, languages).
    """
    wers = np.full((len(stages), len(tests)), np.nan)
    for k, model in enumerate(stages):
        for j in range(k + 1):
            wers[k, j] = errors(model, tests[j], languages[j]).rate
    return wers


def errors(
    model: Polyglot, rows: Sequence[DigitString], language: Language
) -> TextErrors:
    """What greedy search gets wrong in some rows, in words."""
    said = [in_words(row.digits, language) for row in rows]
    return word_errors(read(model, rows, language), reference=said)


@torch.inference_mode()
def read(model: Polyglot, rows: Sequence[DigitString], language: Language) -> list[str]:
    """What a model hears in some rows, in words, if it is told the language."""
    device = next(model.parameters()).device
    batch = batch_of([row.features for row in rows]).to(device)
    with listening(model):
        log_probs, n_frames = model(batch, language=language.name)
    found = [
        greedy_search(some[:n]).tokens
        for some, n in zip(log_probs.cpu(), n_frames.tolist(), strict=True)
    ]
    return [in_words([token - 1 for token in tokens], language) for tokens in found]


def in_words(digits: Sequence[int], language: Language) -> str:
    """Digits as they are written out.

    Example:
        >>> in_words((4, 2), FRENCH)
        'quatre deux'
    """
    return " ".join(language.digits[digit] for digit in digits)
