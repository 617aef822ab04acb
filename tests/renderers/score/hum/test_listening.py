"""A recording becomes a tune, or a sentence: with the real network and decoder, where the extra is installed."""

import io
import wave

import numpy as np
import pytest

from renderers.errors import InputRefused, NoEars
from renderers.score.files import RECORDING, kind_of, read_all, read_file
from renderers.score.hum.decoding import MAX_SECONDS, decode
from renderers.score.hum.listening import hear
from renderers.score.hum.recordings import recording_of
from renderers.score.hum.writing import write_heard

RATE = 16_000


def wav(samples):
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32_000).astype("<i2").tobytes())
    return stream.getvalue()


def hummed(notes, *, quarter_s=0.625, sharp=0.0):
    """notes: (pitch, quarters); sharp: semitones too high, reached slowly."""
    sound, phase, now = [np.zeros(RATE // 5)], 0.0, 0.0
    whole = sum(quarters for _, quarters in notes) * quarter_s
    for pitch, quarters in notes:
        size = int(quarters * quarter_s * RATE)
        time = np.arange(size) / RATE
        bent = pitch + sharp * (now + time) / whole + 0.2 * np.sin(2 * np.pi * 5.5 * (now + time))
        angle = phase + 2 * np.pi * np.cumsum(440 * 2 ** ((bent - 69) / 12)) / RATE
        loud = np.clip(time / 0.03, 0, 1) * np.clip((size / RATE * 0.93 - time) / 0.03, 0, 1)
        sound.append(0.3 * loud * (np.sin(angle) + 0.5 * np.sin(2 * angle) + 0.2 * np.sin(3 * angle)))
        phase, now = angle[-1], now + size / RATE
    sound.append(np.zeros(RATE // 5))
    return wav(np.concatenate(sound))


FRERE = [(pitch, quarters) for pitch, quarters in ((67, 1), (69, 1), (71, 1), (67, 1)) * 2] + [
    (71, 1), (72, 1), (74, 2), (71, 1), (72, 1), (74, 2),
]  # fmt: skip


def test_a_hummed_tune_is_written_down_with_its_tempo_metre_and_key(ears):
    heard = hear(hummed(FRERE))
    assert [pitch for *_, pitch in heard.notes] == [pitch for pitch, _ in FRERE]
    assert [length for _, length, _ in heard.notes] == [4 * quarters for _, quarters in FRERE]
    assert (heard.tempo, heard.bars.metre, heard.key.abc, heard.num_bars) == (96, "4/4", "G", 4)
    assert write_heard(heard).splitlines()[-4:] == [
        "[V:1]G2 A2 B2 G2|",
        "[V:1]G2 A2 B2 G2|",
        "[V:1]B2 c2 d4|",
        "[V:1]B2 c2 d4|]",
    ]


def test_somebody_whose_pitch_rises_by_a_semitone_is_heard_as_they_mean_it(ears):
    steps = [pitch for *_, pitch in hear(hummed(FRERE, sharp=0.9)).notes]
    assert np.diff(steps).tolist() == np.diff([pitch for pitch, _ in FRERE]).tolist()


def test_a_recording_is_a_file_of_notation_like_any_other(ears):
    content = hummed(FRERE)
    assert kind_of(content).name == RECORDING
    assert len(read_file(content).voices[0].bars) == 4


def test_recordings_are_no_corpus(ears):
    with pytest.raises(InputRefused) as refused:
        read_all(hummed(FRERE))
    assert refused.value.reason == "file_kind"


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (np.zeros(2 * RATE), "no_sound"),
        (np.random.default_rng(1).standard_normal(3 * RATE) * 0.2, "no_tune|no_sound"),
        (0.3 * np.sin(2 * np.pi * 220 * np.arange(3 * RATE) / RATE), "no_tune"),
        (np.zeros(RATE // 4), "sound_short"),
    ],
    ids=["silence", "noise", "one long note", "a click"],
)
def test_what_holds_no_tune_is_refused(ears, samples, reason):
    with pytest.raises(InputRefused) as refused:
        hear(wav(samples))
    assert refused.value.reason in reason.split("|")


def test_a_pitch_that_never_stays_is_speech_and_no_tune(ears):
    time = np.arange(4 * RATE) / RATE
    pitch = 50 + 4 * np.sin(2 * np.pi * 1.7 * time) + 2 * np.sin(2 * np.pi * 3.1 * time)
    sound = 0.3 * np.sin(2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 69) / 12)) / RATE)
    sound *= np.sin(2 * np.pi * 2.1 * time) > -0.6
    with pytest.raises(InputRefused) as refused:
        hear(wav(sound))
    assert refused.value.reason == "no_tune"


def test_a_recording_that_is_too_long_is_refused_before_it_is_decoded(ears, monkeypatch):
    content = wav(np.zeros((MAX_SECONDS + 1) * RATE))
    monkeypatch.setattr("av.AudioResampler", lambda **_: pytest.fail("it was decoded"))
    with pytest.raises(InputRefused) as refused:
        decode(content)
    assert refused.value.reason == "sound_long"


@pytest.mark.parametrize("head", [b"OggS", b"fLaC", b"ID3\x04", b"\x00\x00\x00\x20ftypM4A ", b"\x1a\x45\xdf\xa3"])
def test_a_damaged_recording_is_refused_in_words(ears, head):
    with pytest.raises(InputRefused) as refused:
        decode(head + bytes(range(256)) * 8)
    assert refused.value.reason in ("sound_broken", "sound_none", "sound_short")


def test_without_the_extra_nobody_hears():
    with pytest.raises(NoEars):
        hear(wav(np.ones(2 * RATE)))


@pytest.mark.parametrize(
    "content", [b"X:1\nK:C\nCDEF|", "X:1\nK:C\n".encode("utf-16"), b"MThd", b"RIFF1234RMID", b"%PDF"]
)
def test_notation_and_other_files_are_no_recordings(content):
    assert recording_of(content) is None
