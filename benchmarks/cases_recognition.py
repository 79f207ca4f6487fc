"""CTC's loss against torch's, its searches against SpeechBrain's.

A batch of 8 with 16 frames for each label: T = 400 at `--seconds 16`. The searches read
what the shipped recogniser says of the package's own recordings, looped to that length.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from benchmarks.case import Case
from clarity_lab import audio, manifests
from clarity_lab.models.characters import LETTERS
from clarity_lab.models.ctc import ctc_loss
from clarity_lab.models.ctc_search import (
    beam_search,
    greedy_search,
    prefix_beam_search,
)
from clarity_lab.models.shipped import load_shipped

FRAMES_PER_S, BATCH, N_TOKENS = 25, 8, 29
LEAST_LOG_PROB = -7.0
TOKENS = ["", *LETTERS.replace(" ", "_")]  # SpeechBrain reads a space as a word's end


def cases(seconds: float) -> list[Case]:
    """The comparisons on utterances of that many seconds."""
    n_frames = round(seconds * FRAMES_PER_S)
    return [_loss(n_frames), *_searches(n_frames)]


def _loss(n_frames: int) -> Case:
    generator = torch.Generator().manual_seed(440)
    logits = torch.randn(BATCH, n_frames, N_TOKENS, generator=generator)
    targets = torch.randint(1, N_TOKENS, (BATCH, n_frames // 16), generator=generator)
    lengths = torch.full((BATCH,), n_frames), torch.full((BATCH,), n_frames // 16)

    def ours() -> None:
        given = logits.clone().requires_grad_()
        ctc_loss(given.log_softmax(-1), targets).backward()

    def peer() -> None:
        given = logits.clone().requires_grad_()
        frames_first = given.log_softmax(-1).transpose(0, 1)
        torch.nn.functional.ctc_loss(frames_first, targets, *lengths).backward()

    return Case("CTC loss and gradient", ours, peer, 1 / 3)


def _searches(n_frames: int) -> list[Case]:
    def both(name: str, ours, peer, ratio: float) -> Case:
        return Case(name, lambda: ours(said(n_frames)), lambda: peer(n_frames), ratio)

    beam = {"beam_size": 16, "least_log_prob": LEAST_LOG_PROB}
    return [
        both("greedy search", greedy_search, _peers_greedy, 1.0),
        both("beam search", lambda x: beam_search(x, **beam), _peers_beam, 1.0),
        both(
            "prefix beam search",
            lambda x: prefix_beam_search(x, **beam),
            _peers_prefix_beam,
            1.0,
        ),
    ]


@cache
def said(n_frames: int) -> Tensor:
    """What the shipped recogniser says, shape (frames, tokens)."""
    sound, sample_rate = audio.load(
        manifests.fetch("samples", "speech/librispeech-121.flac")
    )
    log_probs = load_shipped("ctc").listen(sound, sample_rate=sample_rate)
    return log_probs.repeat(-(-n_frames // len(log_probs)), 1)[:n_frames]


def _peers_greedy(n_frames: int) -> object:
    from speechbrain.decoders.ctc import ctc_greedy_decode

    return ctc_greedy_decode(said(n_frames)[None], torch.ones(1), blank_id=0)


@cache
def _peer(name: str):
    from tests.peers.speechbrain_peer import ctc_searcher

    return ctc_searcher(name, TOKENS, least_log_prob=LEAST_LOG_PROB)


def _peers_beam(n_frames: int) -> object:
    return _peer("CTCBeamSearcher")(said(n_frames)[None])


def _peers_prefix_beam(n_frames: int) -> object:
    return _peer("CTCPrefixBeamSearcher")(said(n_frames)[None])
