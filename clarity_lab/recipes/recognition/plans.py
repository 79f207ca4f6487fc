"""How each shipped model is made and trained."""

from __future__ import annotations

from dataclasses import dataclass, field

from clarity_lab.models.training import Plan


@dataclass(frozen=True)
class Training:
    """One model's training.

    Attributes:
        plan: Epochs, rates, seed.
        sizes: What `models.shipped` makes the model of.
        batch_size: Sentences in a batch.
    """

    plan: Plan
    sizes: dict = field(default_factory=dict)
    batch_size: int = 16


TRAININGS = {
    "ctc": Training(
        Plan(n_epochs=48, learning_rate=2e-3, warm_up=0.08, bf16=True),
        {"size": 160, "n_blocks": 8, "width": 11, "widening": 3},
    ),
    "attention": Training(
        Plan(n_epochs=16, learning_rate=1e-3, warm_up=0.1, patience=4, bf16=True),
        {"listener": 96, "attention": "location", "size": 192},
        batch_size=32,
    ),
    "transformer": Training(
        Plan(n_epochs=20, learning_rate=1e-3, warm_up=0.1, bf16=True),
        {"size": 144, "n_heads": 4, "n_encoder_layers": 2, "n_decoder_layers": 2},
        batch_size=32,
    ),
    "lm": Training(
        Plan(n_epochs=40, learning_rate=2e-3, warm_up=0.1, patience=8),
        {"size": 192},
        batch_size=32,
    ),
}
