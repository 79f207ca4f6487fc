"""What the strategies against forgetting promise, on a network of a few weights."""

from copy import deepcopy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")

from clarity_lab.models.continual import (  # noqa: E402
    ElasticWeights,
    FineTuning,
    OldOutputs,
    Rehearsal,
    distillation,
    elastic_penalty,
    fisher_diagonal,
    learn,
)
from clarity_lab.models.conv_encoder import ConvEncoder  # noqa: E402
from clarity_lab.models.ctc_recogniser import loss_per_label  # noqa: E402
from clarity_lab.models.polyglot import Polyglot, Task  # noqa: E402
from clarity_lab.models.speech_features import batch_of  # noqa: E402
from clarity_lab.models.training import Plan  # noqa: E402

SIZES = {"size": 8, "n_blocks": 1, "width": 3, "widening": 1, "dropout": 0.0}
PLAN = Plan(n_epochs=2, learning_rate=1e-2, weight_decay=0.0)


@pytest.fixture
def tasks():
    """Two languages of two words: noise with energy in other bands for each word."""
    torch.manual_seed(1)

    def row(word, upside_down):
        features = 0.3 * torch.randn(64, 40)
        band = 48 - 32 * word if upside_down else 16 + 32 * word
        features[band - 8 : band + 8, 10:30] += 2
        return features, [word + 1]

    return [
        Task(name, 3, [row(k % 2, upside_down) for k in range(20)])
        for name, upside_down in (("up", False), ("down", True))
    ]


@pytest.fixture
def model(tasks):
    torch.manual_seed(0)
    model = Polyglot(ConvEncoder(**SIZES))
    model.add(tasks[0])
    return model


def make_batches(rows, rng):
    order = rng.permutation(len(rows))
    return [
        batch_of(*zip(*[rows[k] for k in order[start : start + 5]], strict=True))
        for start in range(0, len(rows), 5)
    ]


def weights(model):
    return {name: weight.detach().clone() for name, weight in model.named_parameters()}


def moved(before, after):
    names = [name for name in before if name.startswith("encoder")]
    return float(sum(((after[name] - before[name]) ** 2).sum() for name in names))


def teach(model, *tasks, by=None, plan=PLAN):
    return learn(model, tasks, by=by, plan=plan, make_batches=make_batches, show=False)


def test_a_new_language_gets_its_own_layer_and_the_old_keeps_its_own(model, tasks):
    before = model.words["up"].weight.detach().clone()
    teach(model, tasks[1])
    assert model.languages == ["up", "down"]
    torch.testing.assert_close(model.words["up"].weight, before, rtol=0, atol=0)


def test_a_known_language_is_not_added_anew(model, tasks):
    before = model.words["up"]
    model.add(tasks[0], seed=7)
    assert model.words["up"] is before


def test_a_language_that_was_not_learnt_is_told(model):
    with pytest.raises(ValueError, match="expected language to be one of"):
        model.name(torch.zeros(1, 2, 8), "Klingon")


def test_a_new_layer_does_not_disturb_the_chance_of_others(model, tasks):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    model.add(tasks[1], seed=5)
    torch.testing.assert_close(torch.rand(2), expected)


def test_fine_tuning_adds_nothing_and_keeps_nothing(model, tasks):
    by = FineTuning()
    by.after(model, tasks[0])
    assert by.rows(tasks[1]) == {"down": tasks[1].rows}
    batch = batch_of(*zip(*tasks[1].rows[:2], strict=True))
    hidden, n_frames = model.encoder(batch.features, batch.n_frames)
    assert by.extra(model, batch, hidden, n_frames) == 0


def test_rehearsal_keeps_its_share_of_the_rows_that_were_learnt(model, tasks):
    by = Rehearsal(share=0.25, seed=2)
    by.after(model, tasks[0])
    given = {id(features) for features, _ in tasks[0].rows}
    kept = {id(features) for features, _ in by.kept["up"]}
    assert len(kept) == 5  # none twice
    assert kept <= given
    assert by.rows(tasks[1]) == {"up": by.kept["up"], "down": tasks[1].rows}


def test_rehearsal_still_trains_the_old_layer(model, tasks):
    by = Rehearsal(share=0.2)
    by.after(model, tasks[0])
    before = model.words["up"].weight.detach().clone()
    teach(model, tasks[1], by=by)
    assert not torch.equal(model.words["up"].weight, before)


def test_springs_at_rest_hold_no_energy(model, tasks):
    by = ElasticWeights(strength=5.0, n_rows=4)
    by.after(model, tasks[0])
    assert by.extra(model, None, None, None) == 0


def test_a_spring_pulls_by_its_stiffness_times_the_way():
    theta = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
    fisher = {"w": torch.tensor([0.5, 2.0, 0.0])}
    anchor = {"w": torch.tensor([0.0, 1.0, 1.0])}
    energy = 4.0 * elastic_penalty({"w": theta}, anchor=anchor, fisher=fisher)
    energy.backward()
    torch.testing.assert_close(theta.grad, 4.0 * fisher["w"] * (theta - anchor["w"]))


def test_weights_that_came_later_are_free():
    both = {"old": torch.ones(1), "new": torch.full((1,), 9.0)}
    one = {"old": torch.zeros(1)}
    assert elastic_penalty(both, anchor=one, fisher={"old": torch.ones(1)}) == 0.5


def test_the_fisher_information_is_the_mean_squared_gradient_of_each_row(model, tasks):
    rows = tasks[0].rows[:3]
    fisher = fisher_diagonal(model, rows, "up")
    squares = []
    for features, tokens in rows:
        batch = batch_of([features], [tokens])
        model.zero_grad()
        loss_per_label(*model(batch, language="up"), batch).backward()  # of one label
        squares.append(model.words["up"].bias.grad ** 2)
    expected = torch.stack(squares).mean(0)
    torch.testing.assert_close(fisher["words.up.bias"], expected)


def test_a_text_of_two_words_counts_with_the_gradient_of_its_whole_logarithm(model):
    row = (torch.randn(64, 60), [1, 2])
    fisher = fisher_diagonal(model, [row], "up")
    batch = batch_of([row[0]], [row[1]])
    model.zero_grad()
    (2 * loss_per_label(*model(batch, language="up"), batch)).backward()
    expected = model.words["up"].weight.grad ** 2
    torch.testing.assert_close(fisher["words.up.weight"], expected)


def test_what_plays_no_part_has_no_fisher_information(model, tasks):
    model.add(tasks[1])
    fisher = fisher_diagonal(model, tasks[0].rows[:2], "up")
    assert not fisher["words.down.weight"].any()
    assert fisher["words.up.weight"].any()


def test_stiffnesses_add_up_and_hang_at_the_newest_weights(model, tasks):
    by = ElasticWeights(strength=1.0, n_rows=2)
    by.after(model, tasks[0])
    first = {name: value.clone() for name, value in by.fisher.items()}
    teach(model, tasks[1])
    second = fisher_diagonal(model, tasks[1].rows[:2], "down")
    by.after(model, tasks[1])
    name = "encoder.subsample.join.weight"
    torch.testing.assert_close(by.fisher[name], first[name] + second[name])
    torch.testing.assert_close(by.anchor[name], weights(model)[name])


def test_stiffer_springs_hold_the_encoder_nearer(model, tasks):
    ways = []
    for strength in (0.0, 1e2, 1e6):
        again = deepcopy(model)
        by = ElasticWeights(strength=strength, n_rows=20)
        by.after(again, tasks[0])
        before = weights(again)
        teach(again, tasks[1], by=by)
        ways.append(moved(before, weights(again)))
    assert ways[0] > ways[1] > ways[2]


def test_equal_outputs_have_no_distance(rng):
    outputs = torch.from_numpy(rng.standard_normal((7, 5))).log_softmax(-1)
    value = distillation(outputs, outputs, temperature=2.0)
    assert float(value) == pytest.approx(0, abs=1e-12)


def test_other_outputs_have_a_distance_above_zero(rng):
    one, other = torch.from_numpy(rng.standard_normal((2, 7, 5))).log_softmax(-1)
    assert distillation(one, other, temperature=2.0) > 0.01


def test_the_distance_is_kullback_and_leiblers_of_softened_outputs():
    old = torch.tensor([[0.64, 0.36]]).log()  # at a temperature of 2: 0.8 to 0.6
    new = torch.tensor([[0.5, 0.5]]).log()
    p = np.array([0.8, 0.6]) / 1.4
    expected = np.sum(p * np.log(p / 0.5))
    value = distillation(new, old, temperature=2.0)
    assert float(value) == pytest.approx(expected, rel=1e-5)


def test_the_old_network_stays_as_it_was_and_takes_no_part_in_training(model, tasks):
    by = OldOutputs(strength=1.0)
    before = weights(model)
    teach(model, tasks[1], by=by)
    assert by.old.languages == ["up"]
    for name, weight in by.old.named_parameters():
        assert not weight.requires_grad
        torch.testing.assert_close(weight, before[name], rtol=0, atol=0)


def test_a_network_that_has_not_moved_agrees_with_its_old_self(model, tasks):
    by = OldOutputs(strength=3.0)
    by.before(model, tasks[1])
    model.eval()
    batch = batch_of(*zip(*tasks[1].rows[:4], strict=True))
    hidden, n_frames = model.encoder(batch.features, batch.n_frames)
    extra = by.extra(model, batch, hidden, n_frames)
    assert float(extra.detach()) == pytest.approx(0, abs=1e-6)


def test_who_minds_the_old_outputs_keeps_them_nearer(model, tasks):
    batch = batch_of(*zip(*tasks[1].rows, strict=True))
    with torch.no_grad():
        before, _ = model(batch, language="up")
    ways = []
    for strength in (0.0, 100.0):
        again = deepcopy(model)
        teach(again, tasks[1], by=OldOutputs(strength=strength))
        with torch.no_grad():
            after, _ = again(batch, language="up")
        ways.append(float(distillation(after[0], before[0], temperature=1.0)))
    assert ways[1] < 0.5 * ways[0]


def test_several_languages_are_learnt_together(model, tasks):
    progress = teach(model, *tasks, plan=Plan(n_epochs=6, learning_rate=1e-2))
    assert model.languages == ["up", "down"]
    assert progress.losses[-1] < 0.7 * progress.losses[0]


def test_the_same_seed_learns_the_same(model, tasks):
    again = deepcopy(model)
    for one in (model, again):
        teach(one, tasks[1], by=Rehearsal(share=0.2))
    torch.testing.assert_close(weights(model), weights(again), rtol=0, atol=0)
