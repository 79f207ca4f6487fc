"""CTC's sums against all paths written out, and against torch's own loss."""

import itertools
from math import inf

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clarity_lab.models.ctc import collapse, ctc_loss, lattice, n_frames_needed
from clarity_lab.models.ctc_alignment import align, timed_texts


@st.composite
def batches(draw, most_frames=12, most_labels=5):
    """Logits, targets and lengths; labels repeat often, some do not fit."""
    n, frames, labels = draw(
        st.tuples(
            st.integers(1, 4), st.integers(1, most_frames), st.integers(0, most_labels)
        )
    )
    tokens = draw(st.integers(2, 5))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    logits = 3 * torch.randn(n, frames, tokens, generator=generator).double()
    targets = torch.randint(1, tokens, (n, labels), generator=generator)
    input_lengths = torch.randint(1, frames + 1, (n,), generator=generator)
    target_lengths = torch.randint(0, labels + 1, (n,), generator=generator)
    return logits, targets, input_lengths, target_lengths


def random_log_probs(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator).double().log_softmax(-1)


def all_paths(log_probs):
    """Each path of one utterance with its log-probability."""
    frames, tokens = log_probs.shape
    for path in itertools.product(range(tokens), repeat=frames):
        yield path, float(log_probs[range(frames), list(path)].sum())


@pytest.mark.parametrize("target", [[], [1], [1, 2], [2, 2], [1, 1, 2], [2, 1, 2, 1]])
def test_the_likelihood_is_the_sum_over_every_path_that_collapses_to_it(target):
    log_probs = random_log_probs(5, 3)
    by_hand = [p for path, p in all_paths(log_probs) if collapse(path) == target]
    expected = torch.tensor(by_hand).double().logsumexp(0) if by_hand else -inf
    sums = lattice(log_probs[None], torch.tensor([target], dtype=torch.long))
    assert float(sums.log_likelihood[0]) == pytest.approx(float(expected))


def test_every_labelling_together_has_probability_one():
    log_probs = random_log_probs(4, 3)
    labellings = {tuple(collapse(path)) for path, _ in all_paths(log_probs)}
    likelihoods = [
        lattice(log_probs[None], torch.tensor([one], dtype=torch.long)).log_likelihood
        for one in labellings
    ]
    assert float(torch.cat(likelihoods).exp().sum()) == pytest.approx(1)


@given(batches())
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_loss_and_gradient_equal_torchs(reduction, batch):
    logits, targets, input_lengths, target_lengths = batch
    ours, theirs = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    loss = ctc_loss(
        ours.log_softmax(-1),
        targets,
        input_lengths=input_lengths,
        target_lengths=target_lengths,
        reduction=reduction,
        zero_infinity=True,
    )
    peer = torch.nn.functional.ctc_loss(
        theirs.log_softmax(-1).transpose(0, 1),
        targets,
        input_lengths,
        target_lengths,
        reduction=reduction,
        zero_infinity=True,
    )
    loss.sum().backward()
    peer.sum().backward()
    torch.testing.assert_close(loss, peer, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-8, atol=1e-9)


def test_float32_agrees_with_torch_at_the_length_of_real_speech():
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(8, 400, 32, generator=generator)
    targets = torch.randint(1, 32, (8, 60), generator=generator)
    grads, losses = [], []
    for of in (
        lambda x: ctc_loss(x, targets),
        lambda x: torch.nn.functional.ctc_loss(
            x.transpose(0, 1), targets, torch.full((8,), 400), torch.full((8,), 60)
        ),
    ):
        leaf = logits.clone().requires_grad_()
        losses.append(of(leaf.log_softmax(-1)))
        losses[-1].backward()
        grads.append(leaf.grad)
    # The sums reach -1400 nats, where float32 steps are 1.2e-4 wide: exp() of such a
    # difference is right to 1e-3 of an occupancy, which is divided by 8 * 60.
    torch.testing.assert_close(losses[0], losses[1], rtol=1e-5, atol=0)
    torch.testing.assert_close(grads[0], grads[1], rtol=0, atol=1e-5)


@given(batches())
@settings(max_examples=50, deadline=None)
def test_forward_times_backward_is_the_same_likelihood_at_every_frame(batch):
    logits, targets, input_lengths, target_lengths = batch
    log_probs = logits.log_softmax(-1)
    sums = lattice(
        log_probs, targets, input_lengths=input_lengths, target_lengths=target_lengths
    )
    for number, n_frames in enumerate(input_lengths):
        there = sums.log_occupancy[number].exp().sum(1)
        likely = bool(sums.log_likelihood[number] > -inf)
        torch.testing.assert_close(
            there[:n_frames], torch.full((n_frames,), float(likely)).double()
        )
        assert not there[n_frames:].any()


def test_padding_changes_nothing():
    log_probs = random_log_probs(1, 6, 4)
    target = torch.tensor([[3, 1]])
    alone = ctc_loss(log_probs, target, reduction="none")
    padded = torch.cat([log_probs, torch.zeros(1, 3, 4).double()], 1)
    among = ctc_loss(
        padded,
        torch.tensor([[3, 1, -7, 99]]),
        input_lengths=torch.tensor([6]),
        target_lengths=torch.tensor([2]),
        reduction="none",
    )
    torch.testing.assert_close(among, alone)


def test_the_gradient_is_that_of_finite_differences():
    logits = torch.randn(2, 6, 3, generator=torch.Generator().manual_seed(3)).double()
    targets = torch.tensor([[1, 1, 2], [2, 1, 1]])
    assert torch.autograd.gradcheck(
        lambda x: ctc_loss(x.log_softmax(-1), targets), logits.requires_grad_()
    )


def test_what_does_not_fit_costs_infinitely_and_leaves_the_others_alone():
    logits = torch.randn(2, 3, 3, generator=torch.Generator().manual_seed(4)).double()
    logits.requires_grad_()
    targets = torch.tensor([[1, 1, 2], [1, 2, 1]])
    assert [n_frames_needed(one.tolist()) for one in targets] == [4, 3]
    losses = ctc_loss(logits.log_softmax(-1), targets, reduction="none")
    assert torch.isinf(losses).tolist() == [True, False]
    losses.sum().backward()
    assert not logits.grad[0].any()
    assert torch.isfinite(logits.grad).all()
    assert logits.grad[1].any()


def test_a_token_of_probability_zero_is_no_nan():
    probs = torch.tensor([[[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]]]).double()
    log_probs = probs.log().requires_grad_()
    loss = ctc_loss(log_probs, torch.tensor([[1]]), reduction="sum")
    assert float(loss.detach().exp()) == pytest.approx(1 / (0.5 * 0.5 + 0.5 * 0.5))
    loss.backward()
    assert torch.isfinite(log_probs.grad).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_summed_in_float32(dtype):
    log_probs = random_log_probs(1, 300, 20).to(dtype)
    targets = torch.randint(1, 20, (1, 40), generator=torch.Generator().manual_seed(0))
    sums, exact = lattice(log_probs, targets), lattice(log_probs.double(), targets)
    torch.testing.assert_close(
        sums.log_likelihood.double(), exact.log_likelihood, rtol=1e-5, atol=0
    )
    been = sums.log_occupancy.exp().sum(2)
    torch.testing.assert_close(been, torch.ones(1, 300), rtol=0, atol=0.01)


def test_a_lattice_of_what_is_being_trained_is_drawn_all_the_same():
    logits = torch.zeros(1, 4, 3, requires_grad=True)
    sums = lattice(logits.log_softmax(-1), torch.tensor([[1, 2]]))
    assert not sums.log_alpha.requires_grad


@pytest.mark.parametrize("where", [(2, slice(None)), (slice(None), 1)])
def test_a_target_that_no_path_says_is_told_and_not_aligned(where):
    log_probs = random_log_probs(5, 3)
    log_probs[where] = -inf
    with pytest.raises(ValueError, match="probability of 0"):
        align(log_probs, [1, 2])


def test_another_blank_is_another_name_only():
    log_probs = random_log_probs(1, 6, 4)
    renamed = log_probs[:, :, [1, 2, 3, 0]]  # what was 0 is 3 now
    torch.testing.assert_close(
        ctc_loss(renamed, torch.tensor([[0, 0, 2]]), blank=3),
        ctc_loss(log_probs, torch.tensor([[1, 1, 3]])),
    )


@given(batches(most_frames=8, most_labels=3))
@settings(max_examples=60, deadline=None)
def test_the_best_path_is_the_best_of_all_that_collapse_to_the_target(batch):
    log_probs = batch[0][0].log_softmax(-1)[:6, :3]
    target = [min(int(label), 2) for label in batch[1][0] if log_probs.shape[1] > 2]
    fitting = [
        (p, path) for path, p in all_paths(log_probs) if collapse(path) == target
    ]
    if not fitting:
        with pytest.raises(ValueError, match="equal neighbours a blank"):
            align(log_probs, target)
        return
    found = align(log_probs, target)
    assert found.log_prob == pytest.approx(max(fitting)[0])
    assert collapse(found.path.tolist()) == target


def test_spans_say_where_each_label_is():
    path = [0, 2, 2, 0, 2, 1, 1, 0]
    probs = torch.full((8, 3), 0.05)
    probs[range(8), path] = 0.9
    spans = align(probs.log(), [2, 2, 1]).spans
    assert [(one.label, one.start, one.stop) for one in spans] == [
        (2, 1, 3),
        (2, 4, 5),
        (1, 5, 7),
    ]


def test_each_label_of_an_alignment_has_its_text_and_its_time():
    probs = torch.full((7, 28), 0.01)
    for frame, token in enumerate([0, 9, 9, 0, 1, 10, 0]):
        probs[frame, token] = 0.73
    found = align(probs.log(), [9, 1, 10])
    letters = timed_texts(found, frame_s=0.5)
    assert letters == [("h", 0.5, 1.5), (" ", 2.0, 2.5), ("i", 2.5, 3.0)]
    texts = [str(n) for n in range(1, 28)]
    words = timed_texts(found, frame_s=0.5, texts=texts)
    assert [text for text, *_ in words] == ["9", "1", "10"]


@pytest.mark.parametrize(
    ("frame_s", "texts", "error", "words"),
    [
        (0.04, "a", ValueError, "labels from 1 to 1, one for each text, got 2"),
        (0, "ab", ValueError, "frame_s above 0 s, got 0"),
        (float("nan"), "ab", ValueError, "frame_s as a finite number"),
        ("0.04", "ab", TypeError, "frame_s as one number in s"),
    ],
)
def test_times_that_cannot_be_told_are_explained(frame_s, texts, error, words):
    found = align(torch.tensor([[0.1, 0.1, 0.8]]).log(), [2])
    with pytest.raises(error, match=words):
        timed_texts(found, frame_s=frame_s, texts=texts)


PROBS = random_log_probs(2, 5, 4)
WRONG = [
    ((PROBS[0], [[1]]), {}, ValueError, r"\(batch, frames, tokens\)"),
    ((PROBS.exp(), [[1], [1]]), {}, ValueError, "none above 0"),
    ((PROBS * float("nan"), [[1], [1]]), {}, ValueError, "none above 0"),
    ((PROBS, [[1]]), {}, ValueError, r"targets of shape \(2, labels\)"),
    ((PROBS, [[1], [0]]), {}, ValueError, "none of them the blank 0"),
    ((PROBS, [[1], [4]]), {}, ValueError, "labels from 0 to 3"),
    ((PROBS, [[1.0], [2.0]]), {}, TypeError, "targets as integers"),
    ((PROBS, [[1], [1]]), {"blank": 4}, ValueError, "blank from 0 to 3"),
    ((PROBS, [[1], [1]]), {"input_lengths": [5, 6]}, ValueError, "from 1 to 5"),
    ((PROBS, [[1], [1]]), {"input_lengths": [5]}, ValueError, r"shape \(2,\)"),
    ((PROBS, [[1], [1]]), {"target_lengths": [1, 2]}, ValueError, "from 0 to 1"),
    ((PROBS, [[1], [1]]), {"reduction": "avg"}, ValueError, "reduction"),
    ((PROBS.long(), [[1], [1]]), {}, TypeError, "floating-point"),
    ((PROBS.numpy(), [[1], [1]]), {}, TypeError, r"got ndarray. Try torch.as_tensor"),
]


@pytest.mark.parametrize(("given_", "more", "error", "words"), WRONG)
def test_wrong_input_is_told(given_, more, error, words):
    log_probs, targets = given_
    more = {k: torch.tensor(v) if isinstance(v, list) else v for k, v in more.items()}
    with pytest.raises(error, match=words):
        ctc_loss(log_probs, torch.tensor(targets), **more)
