"""The three recognisers: what holds before they learn anything, and that they learn."""

import pytest

torch = pytest.importorskip("torch", reason="needs the lessons' packages")

from clarity_lab.models.conv_encoder import ConvEncoder  # noqa: E402
from clarity_lab.models.ctc_recogniser import CtcRecogniser  # noqa: E402
from clarity_lab.models.las import LAS, Listener, ReadOver  # noqa: E402
from clarity_lab.models.rnn_lm import RnnLM  # noqa: E402
from clarity_lab.models.speech_features import batch_of  # noqa: E402
from clarity_lab.models.speller import spell_greedily  # noqa: E402
from clarity_lab.models.transformer_asr import TransformerASR  # noqa: E402

N_TOKENS = 6
SPELLERS = {
    "las, content": lambda: LAS(
        Listener(size=8), attention="content", size=16, n_tokens=N_TOKENS
    ),
    "las, location": lambda: LAS(
        Listener(size=8), attention="location", size=16, n_tokens=N_TOKENS
    ),
    "las, reads over": lambda: LAS(
        ReadOver(ConvEncoder(size=16, n_blocks=1), size=8), size=16, n_tokens=N_TOKENS
    ),
    "transformer": lambda: TransformerASR(
        size=16,
        n_heads=2,
        n_encoder_layers=2,
        n_decoder_layers=2,
        n_tokens=N_TOKENS,
    ),
}
MODELS = {
    "ctc": lambda: CtcRecogniser(ConvEncoder(size=16, n_blocks=2), n_tokens=N_TOKENS),
    **SPELLERS,
}


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(440)


@pytest.fixture
def batch():
    features = [torch.randn(64, n) for n in (97, 60, 41)]
    return batch_of(features, [[1, 2, 2, 3, 5], [4, 1], [2, 3, 4]])


def encoded(model, batch):
    """What a model has heard, as log-probabilities of CTC."""
    if isinstance(model, CtcRecogniser):
        return model(batch.features, batch.n_frames)
    memory, counts = model.listen(batch.features, batch.n_frames)
    return model.ctc_log_probs(memory), counts.sum(-1)


@pytest.mark.parametrize("name", MODELS)
def test_a_sentence_sounds_the_same_alone_and_beside_longer_ones(name, batch):
    model = MODELS[name]().eval()
    together, n_frames = encoded(model, batch)
    for number, n in enumerate(batch.n_frames):
        alone, [n_alone] = encoded(model, batch_of([batch.features[number, :, :n]]))
        assert n_frames[number] == n_alone == alone.shape[1]
        torch.testing.assert_close(together[number, :n_alone], alone[0])


@pytest.mark.parametrize("name", MODELS)
def test_it_learns_three_sentences_by_heart(name, batch):
    model = MODELS[name]()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    first = float(model.loss(batch).detach())
    for _ in range(60):
        optimiser.zero_grad()
        loss = model.loss(batch)
        loss.backward()
        optimiser.step()
    assert float(loss.detach()) < 0.6 * first  # smoothing and dropout leave the rest


@pytest.mark.parametrize("name", MODELS)
def test_every_weight_gets_a_gradient(name, batch):
    model = MODELS[name]()
    model.loss(batch).backward()
    asleep = [
        label
        for label, weight in model.named_parameters()
        if weight.grad is None or not weight.grad.abs().sum() > 0
    ]
    asleep = [one for one in asleep if not one.endswith("key.bias")]
    assert asleep == []  # adding to all keys alike moves no softmax


@pytest.mark.parametrize("name", SPELLERS)
def test_step_by_step_is_all_at_once(name, batch):
    model = SPELLERS[name]().eval()
    memory, counts = model.listen(batch.features, batch.n_frames)
    wanted, looked = model.spell(memory, counts, batch.targets)
    torch.testing.assert_close(
        looked.sum(-1), torch.ones(3, batch.targets.shape[1] + 1)
    )
    state = model.begin(memory, counts)
    before = torch.nn.functional.pad(batch.targets, (1, 0))
    for number, tokens in enumerate(before.T):
        log_probs, state = model.step(tokens, state)
        torch.testing.assert_close(log_probs, wanted[:, number])


@pytest.mark.parametrize("name", SPELLERS)
def test_no_letter_sees_those_after_it(name, batch):
    model = SPELLERS[name]().eval()
    memory, counts = model.listen(batch.features, batch.n_frames)
    one, _ = model.spell(memory, counts, batch.targets)
    changed = batch.targets.clone()
    changed[:, 3:] = 5 - changed[:, 3:]
    other, _ = model.spell(memory, counts, changed)
    torch.testing.assert_close(one[:, :4], other[:, :4])
    assert (one[0, 4:] - other[0, 4:]).abs().max() > 1e-4


def test_a_language_model_steps_as_it_reads(batch):
    model = RnnLM(n_tokens=N_TOKENS, size=8).eval()
    wanted = model(batch.targets)
    state = model.begin(3)
    before = torch.nn.functional.pad(batch.targets, (1, 0))
    for number, tokens in enumerate(before.T):
        log_probs, state = model.step(tokens, state)
        torch.testing.assert_close(log_probs, wanted[:, number])
    text = batch.targets[1, :2].tolist()
    by_hand = wanted[1, 0, text[0]] + wanted[1, 1, text[1]] + wanted[1, 2, 0]
    assert model.log_prob(text) == pytest.approx(float(by_hand.detach()), abs=1e-5)


def test_a_recording_becomes_letters_at_any_rate(rng):
    model = CtcRecogniser(ConvEncoder(size=16, n_blocks=2))
    for rate in (8_000, 16_000, 44_100):
        sound = 0.1 * rng.standard_normal((2, rate))
        assert model.listen(sound, sample_rate=rate).shape == (26, 29)
        text = model.transcribe(sound, sample_rate=rate)
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyz' ")


@pytest.mark.parametrize("training", [True, False])
def test_who_is_asked_in_training_goes_on_training(training):
    model, language_model = CtcRecogniser(ConvEncoder(size=16, n_blocks=1)), RnnLM()
    model.train(training)
    language_model.train(training)
    speller = SPELLERS["las, content"]().train(training)
    model.transcribe(torch.zeros(1_600), sample_rate=16_000)
    speller.listen_to(torch.zeros(1_600), sample_rate=16_000)
    language_model.log_prob([1, 2])
    asked = (model, speller, language_model)
    modules = [module for one in asked for module in one.modules()]
    assert {one.training for one in modules} == {training}


def test_a_text_is_as_likely_in_training_as_later():
    model = RnnLM(dropout=0.5).train()
    assert model.log_prob([3, 1, 4]) == model.eval().log_prob([3, 1, 4])


def test_tokens_that_are_no_letters_are_not_written_as_letters():
    digits = CtcRecogniser(ConvEncoder(size=16, n_blocks=1), n_tokens=11)
    with pytest.raises(ValueError, match="expected a recogniser of 29 tokens"):
        digits.transcribe(torch.zeros(1_600), sample_rate=16_000)


def test_a_listener_refuses_other_mels_than_it_has_weights_for():
    with pytest.raises(ValueError, match=r"\(batch, 64, frames\), got \(1, 40, 8\)"):
        LAS(Listener(size=8)).listen(torch.zeros(1, 40, 8), torch.tensor([8]))


def test_an_attention_of_another_name_is_told():
    with pytest.raises(ValueError, match="one of content, location, got 'both'"):
        LAS(attention="both")


@pytest.mark.parametrize("name", SPELLERS)
def test_greedy_spelling_writes_the_likeliest_letter_given_its_own(name, batch):
    torch.manual_seed(3)
    model = SPELLERS[name]().eval()
    memory, counts = model.listen(batch.features, batch.n_frames)
    written = spell_greedily(model, memory, counts, most_labels=6)
    for k, tokens in enumerate(written):
        one = memory[k : k + 1], counts[k : k + 1]
        told = torch.tensor([tokens], dtype=torch.long)
        log_probs, _ = model.spell(*one, told)
        said = log_probs[0].argmax(-1).tolist()
        assert said[: len(tokens)] == tokens
        assert len(tokens) == 6 or said[len(tokens)] == 0
        assert [tokens] == spell_greedily(model, *one, most_labels=6)
