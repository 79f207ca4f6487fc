"""The wire between the kernel and the page: sounds travel when the page asks for them.

Messages, not synced state: nothing of a sound lands in a saved notebook. The page says
"ready" and what it wants; the kernel says which sounds there are, in which version, and
answers. A page that comes later, or comes back, asks again.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clarity_lab.browser.packing import TOP, Packed, behind_filter
from clarity_lab.checks import require_mono_or_stereo, require_sample_rate
from clarity_lab.frozen import is_frozen

CHUNK_BYTES = 1 << 20
"""The most that one message carries."""

MOST_UNASKED_BYTES = 1 << 21
"""New sounds up to this size together go without being asked for."""


@dataclass(frozen=True)
class Held:
    """What a page can ask for: a sound, or a filter that makes it of another one."""

    version: int
    sound: Packed | None = None
    given: NDArray | None = None
    of: str = ""
    taps: NDArray[np.float32] | None = None

    def described(self, labels: Sequence[str]) -> dict:
        """What the page must know before it asks."""
        if self.sound is None:
            return {"version": self.version, "filter": {"of": labels.index(self.of)}}
        channels, n_samples = self.sound.steps.shape
        return {
            "version": self.version,
            "n_samples": n_samples,
            "channels": channels,
            "scale": self.sound.scale,
        }


class SoundSender:
    """Holds the sounds of a widget and gives the page what it wants of them.

    To be mixed into a widget, before its other bases. Sounds travel at the level they
    were given; the page takes their common gain and rate from the widget's traits
    ``gain_db`` and ``sample_rate``.
    """

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        self._held: dict[str, Held] = {}
        self._versions = itertools.count(1)
        self._held_rate: int | None = None
        self._page_is_there = False
        self._told: set[int] = set()  # versions that the page knows of
        self._unanswered: set[int] = set()  # that went unasked
        self._bytes_sent = 0
        self.on_msg(self._answer)

    @property
    def bytes_sent(self) -> int:
        """Bytes of sounds, their pictures and filters that went to the page so far."""
        return self._bytes_sent

    def set_sounds(
        self,
        sounds: Mapping[str, ArrayLike],
        *,
        sample_rate: int,
        tell: bool = True,
    ) -> None:
        """Hold these sounds instead of those before; only what changed will travel.

        Args:
            sounds: Label to sound, (samples,) or (channels, samples), full scale 1.0.
                They are kept as they are now: later changes to the arrays do not count.
            sample_rate: Of all of them, in Hz. At another one every sound is new.
            tell: Tell the page now; else with `announce`.

        Raises:
            TypeError: If samples are integers.
            ValueError: If a sound is empty, not finite or has more than two channels.
        """
        sample_rate = require_sample_rate(sample_rate)
        old = self._held if sample_rate == self._held_rate else {}
        self._held = {
            label: self._kept(x, old.get(label)) for label, x in sounds.items()
        }
        self._held_rate = sample_rate
        if tell:
            self.announce()

    def announce(self) -> None:
        """Tell a page that is there which sounds there are."""
        if self._page_is_there:
            self._announce()

    def exchange(self, sounds: Mapping[str, ArrayLike]) -> None:
        """Hold some sounds instead of those of their names; the others stay.

        Args:
            sounds: Label to sound, as for `set_sounds`, of labels that are there.

        Raises:
            TypeError: If samples are integers.
            ValueError: If there is no such sound, or one cannot be played.
        """
        self._require_labels(*sounds)
        news = {label: self._kept(x, self._held[label]) for label, x in sounds.items()}
        self._held = {**self._held, **news}
        if self._page_is_there:
            self._announce()

    def set_filter(self, label: str, *, of: str, taps: ArrayLike) -> None:
        """Let one sound be another one through a filter: only the filter travels.

        Args:
            label: Of a sound that is there; its samples are let go.
            of: Label of the sound that is filtered in the page.
            taps: The impulse response, (taps,) or (2, taps) for left and right.

        Raises:
            ValueError: If there is no such sound, or `of` is a filter itself.
        """
        taps = np.atleast_2d(require_mono_or_stereo(taps, name="taps"))
        self._require_labels(label, of)
        if label == of or self._held[of].sound is None:
            raise ValueError(f"expected `of` as a sound with samples, got {of!r}.")
        if any(held.of == label for held in self._held.values()):
            raise ValueError(
                f"expected a sound nothing else is made of, got {label!r}."
            )
        held = Held(next(self._versions), of=of, taps=taps.astype("<f4"))
        self._held = {**self._held, label: held}
        if self._page_is_there:
            self._send_filter(list(self._held).index(label), held)

    def _require_labels(self, *labels: str) -> None:
        for label in labels:
            if label not in self._held:
                there = ", ".join(self._held)
                raise ValueError(f"expected one of the sounds {there}, got {label!r}.")

    def _kept(self, samples: ArrayLike, old: Held | None) -> Held:
        """A sound, under its old version if the page would hear the same."""
        if old is not None and old.given is samples and is_frozen(samples):
            return old
        sound = Packed(samples)
        if old is not None and old.sound is not None and sound.same(old.sound):
            return replace(old, given=samples)
        return Held(next(self._versions), sound, samples)

    # ------------------------------------------------------------------ to the page

    def _announce(self) -> None:
        """Say what there is; what is new and small goes along, if the page keeps up."""
        labels, held = list(self._held), list(self._held.values())
        unasked = self._unasked()
        sounds = [
            {**one.described(labels), "comes": one.version in unasked} for one in held
        ]
        self.send({"kind": "sounds", "sounds": sounds})
        self._told = {one.version for one in held}
        self._unanswered |= unasked
        for number, one in enumerate(held):
            if one.version in unasked:
                self._send_chunk(number, one, 0, one.sound.steps.shape[1])

    def _unasked(self) -> set[int]:
        """Versions to send at once: a round trip saved, for a page that keeps up."""
        new = [one for one in self._held.values() if one.version not in self._told]
        sizes = [one.sound.steps.nbytes for one in new if one.sound]
        if self._unanswered or max(sizes, default=0) > CHUNK_BYTES:
            return set()
        if sum(sizes) > MOST_UNASKED_BYTES:
            return set()
        return {one.version for one in new if one.sound}

    def _send_chunk(self, number: int, held: Held, start: int, stop: int) -> None:
        steps = held.sound.steps
        stop = min(stop, start + CHUNK_BYTES // (2 * len(steps)), steps.shape[1])
        about = {"sound": number, "version": held.version, "start": start}
        self._send_data({"kind": "chunk", **about}, [steps[:, start:stop]])

    def _send_overview(self, number: int, held: Held, *, spectrogram: bool) -> None:
        sound = held.sound or behind_filter(self._held[held.of].sound, held.taps)
        content = {
            "kind": "overview",
            "sound": number,
            "version": held.version,
            "channels": len(sound.envelope),
            "peak": sound.scale * TOP,
        }
        data = [sound.envelope]
        if spectrogram:
            data.append(sound.spectrogram)
            content["spectrogram"] = dict(
                zip(("n_bins", "n_frames"), sound.spectrogram.shape, strict=True)
            )
        self._send_data(content, data)

    def _send_filter(self, number: int, held: Held) -> None:
        content = {"kind": "filter", "sound": number, "version": held.version}
        content["of"] = list(self._held).index(held.of)
        content["channels"] = len(held.taps)
        self._told.add(held.version)
        self._send_data(content, [held.taps])

    def _send_data(self, content: dict, arrays: Sequence[NDArray]) -> None:
        buffers = [np.ascontiguousarray(array).tobytes() for array in arrays]
        self._bytes_sent += sum(map(len, buffers))
        self.send(content, buffers)

    # ------------------------------------------------------------------ from the page

    def _answer(self, _: object, content: dict, __: list) -> None:
        """What the page says; what is out of date or out of range gets no answer."""
        kind = content.get("kind")
        if kind == "ready":
            self._greet()
        elif kind == "got":
            self._unanswered.discard(content.get("version"))
        elif kind == "want":
            self._give(content)

    def _greet(self) -> None:
        """A page has come, or come back: it knows nothing yet, and will ask."""
        self._page_is_there = True
        self._told = {one.version for one in self._held.values()}
        self._unanswered = set()
        if self._held:
            self._announce()
        for number, one in enumerate(self._held.values()):
            if one.sound is None:
                self._send_filter(number, one)

    def _give(self, wanted: Mapping) -> None:
        held = list(self._held.values())
        numbers = [wanted.get(name, 0) for name in ("sound", "start", "stop")]
        if not all(type(number) is int and number >= 0 for number in numbers):
            return
        number, start, stop = numbers
        one = held[number] if number < len(held) else None
        if one is None or one.version != wanted.get("version"):
            return  # it knows by now that there is a newer one
        if wanted.get("what") == "overview":
            spectrogram = bool(wanted.get("spectrogram"))
            self._send_overview(number, one, spectrogram=spectrogram)
        elif one.sound and start < min(stop, one.sound.steps.shape[1]):
            self._send_chunk(number, one, start, stop)
