"""The training loop learns, stops in time, and resumes as if it never stopped."""

import pytest
import torch
from torch import nn

from clarity_lab.models.training import Plan, fit

SLOPE = torch.tensor([[2.0, -1.0]])


def line(seed=0):
    generator = torch.Generator().manual_seed(seed)
    model = nn.Sequential(nn.Dropout(0.01), nn.Linear(2, 1))
    model[1].weight.data = torch.randn(1, 2, generator=generator)
    model[1].bias.data = torch.zeros(1)
    return model


def batches(epoch):
    generator = torch.Generator().manual_seed(epoch)
    return [torch.randn(16, 2, generator=generator) for _ in range(8)]


def loss(model, x):
    return ((model(x) - x @ SLOPE.T) ** 2).mean()


def closeness(model):
    return -float((model[1].weight.detach() - SLOPE).abs().max())


PLAN = Plan(n_epochs=12, learning_rate=0.05, weight_decay=0.0)


def train(model, plan=PLAN, **more):
    return fit(model, plan=plan, batches=batches, loss=loss, show=False, **more)


def test_it_learns_and_says_how():
    model = line()
    done = train(model, score=closeness)
    assert closeness(model) > -0.2 > closeness(line())
    assert len(done.losses) == len(done.scores) == len(done.seconds) == 12
    assert done.losses[-1] < 0.3 * done.losses[0]
    assert not model.training


def test_the_weights_of_the_best_epoch_stay():
    model, scores = line(), iter([1.0, 3.0, 2.0, 0.0])
    kept = []

    def score(model):
        kept.append(model[1].weight.clone())
        return next(scores)

    done = train(model, Plan(n_epochs=4, learning_rate=0.05), score=score)
    assert done.best == 1
    torch.testing.assert_close(model[1].weight.data, kept[1])


def test_it_stops_when_nothing_gets_better():
    scores = iter([0.1, 0.3, 0.2, 0.2, 0.2, 0.9])
    done = train(line(), Plan(n_epochs=6, patience=3), score=lambda _: next(scores))
    assert done.scores == [0.1, 0.3, 0.2, 0.2, 0.2]


class PulledPlugError(Exception):
    """Somebody pulled the plug."""


def test_a_cut_run_goes_on_as_if_it_had_not_been_cut(tmp_path):
    whole, cut = line(), line()
    train(whole)
    file = tmp_path / "state.pt"

    def until_the_cut(epoch):
        if epoch == 5:
            raise PulledPlugError
        return batches(epoch)

    with pytest.raises(PulledPlugError):
        fit(
            cut,
            plan=PLAN,
            batches=until_the_cut,
            loss=loss,
            checkpoint=file,
            show=False,
        )
    resumed = line(seed=9)  # a new process has other weights at first
    done = train(resumed, checkpoint=file)
    assert len(done.losses) == 12
    torch.testing.assert_close(resumed[1].weight, whole[1].weight, rtol=0, atol=0)
    assert [one.name for one in tmp_path.iterdir()] == ["state.pt"]


def test_a_finished_run_is_not_run_again(tmp_path):
    first, second = line(), line(seed=3)
    train(first, checkpoint=tmp_path / "state.pt")
    train(second, checkpoint=tmp_path / "state.pt")
    torch.testing.assert_close(second[1].weight, first[1].weight, rtol=0, atol=0)


def test_the_same_seed_gives_the_same_weights_and_disturbs_nobody():
    one, other, third = line(), line(), line()
    before = torch.get_rng_state()
    train(one)
    torch.testing.assert_close(torch.get_rng_state(), before)
    torch.manual_seed(5)
    train(other)
    train(third, Plan(**{**vars(PLAN), "seed": 1}))
    torch.testing.assert_close(one[1].weight, other[1].weight, rtol=0, atol=0)
    assert not torch.equal(one[1].weight, third[1].weight)


def test_bfloat16_learns_too():
    model = line()
    train(model, Plan(**{**vars(PLAN), "bf16": True}), score=closeness)
    assert closeness(model) > -0.2


def test_what_is_no_checkpoint_is_told_and_stays(tmp_path):
    file = tmp_path / "state.pt"
    file.write_bytes(b"nonsense")
    with pytest.raises(ValueError, match="Move it away"):
        train(line(), checkpoint=file)
    assert file.read_bytes() == b"nonsense"


def test_a_checkpoint_of_another_plan_is_told(tmp_path):
    train(line(), checkpoint=tmp_path / "state.pt")
    with pytest.raises(ValueError, match="train by the same plan"):
        train(line(), Plan(n_epochs=12), checkpoint=tmp_path / "state.pt")


def test_a_checkpoint_of_another_model_is_told_and_stays(tmp_path):
    file = tmp_path / "state.pt"
    train(line(), checkpoint=file)
    before = file.read_bytes()
    wider = nn.Sequential(nn.Dropout(0.01), nn.Linear(2, 5))
    with pytest.raises(ValueError, match="checkpoint of this model"):
        train(wider, checkpoint=file)
    assert file.read_bytes() == before


def test_half_a_checkpoint_is_told(tmp_path):
    file = tmp_path / "state.pt"
    torch.save({"plan": vars(PLAN), "progress": {}}, file)
    with pytest.raises(ValueError, match="Move it away"):
        train(line(), checkpoint=file)


def test_where_no_checkpoint_can_be_kept_nothing_is_trained_for_nothing(tmp_path):
    model = line()
    with pytest.raises(FileNotFoundError):
        train(model, checkpoint=tmp_path / "no folder" / "state.pt")
    torch.testing.assert_close(model[1].weight, line()[1].weight, rtol=0, atol=0)


def test_a_gradient_that_is_not_finite_spoils_no_weights():
    model = line()
    with pytest.raises(FloatingPointError, match="finite gradient, got nan"):
        fit(  # the root of 0 is 0, and has no slope
            model,
            plan=PLAN,
            batches=batches,
            loss=lambda model, x: (0 * model(x)).sum().sqrt(),
            show=False,
        )
    torch.testing.assert_close(model[1].weight, line()[1].weight, rtol=0, atol=0)


def test_a_score_that_is_no_number_is_told():
    with pytest.raises(FloatingPointError, match="number as score, got NaN in epoch 0"):
        train(line(), score=lambda _: float("nan"))


def test_a_loss_that_is_not_finite_is_told():
    with pytest.raises(FloatingPointError, match="finite loss, got nan in epoch 0"):
        fit(
            line(),
            plan=PLAN,
            batches=batches,
            loss=lambda model, x: model(x).sum() * float("nan"),
            show=False,
        )
