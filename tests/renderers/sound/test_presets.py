"""One instrument cut out of a soundfont: it sounds as in the whole, and what is damaged is refused."""

import struct

import numpy as np
import pytest
import tinysoundfont

from renderers.errors import RenderError
from renderers.score.instruments import INSTRUMENTS
from renderers.sound.presets import DRUM_BANK, PITCHES, SAMPLE_HEAD, VELOCITIES, VORBIS, SoundfontFile
from renderers.sound.soundfont import SHIPPED_SOUNDFONT
from tests.refusals import refuses

PIANO, VIOLIN, DRUMS = (0, 0), (0, 40), (DRUM_BANK, 0)
RATE = 44_100


@pytest.fixture(scope="module")
def shipped():
    return SoundfontFile(SHIPPED_SOUNDFONT)


@pytest.fixture(scope="module")
def whole():
    """The synthesiser with all instruments, as its authors meant it to be loaded."""
    synth = tinysoundfont.Synth()
    synth.sfload(str(SHIPPED_SOUNDFONT))
    return synth


def loaded(font):
    synth = tinysoundfont.Synth()
    synth.sfload(font)
    return synth


def strike(synth, preset, pitch, *, seconds=1.0):
    """One note, left and right added up."""
    bank, program = preset
    synth.program_change(0, program, bank == DRUM_BANK)
    synth.noteon(0, pitch, 100)
    sound = np.frombuffer(bytes(synth.generate(round(seconds * RATE))), np.float32).reshape(-1, 2).sum(axis=1)
    synth.soundfonts[0].reset()
    synth.generate(RATE // 10)
    return sound


@pytest.mark.parametrize("preset", [PIANO, VIOLIN, (0, 19), (0, 52), (0, 73), DRUMS])
@pytest.mark.parametrize("pitch", [40, 60, 76])
def test_an_instrument_that_was_cut_out_sounds_as_in_the_whole(shipped, whole, preset, pitch):
    alone, among_others = (strike(synth, preset, pitch) for synth in (loaded(shipped.cut(preset)), whole))
    assert np.abs(among_others).max() > 0.01
    apart = np.sort(np.abs(alone - among_others))
    assert apart[-10] < 0.001 * np.abs(among_others).max(), "but for a click at its end"


def test_what_is_cut_out_is_a_small_part_of_the_whole(shipped):
    assert len(shipped.cut(PIANO)) < SHIPPED_SOUNDFONT.stat().st_size / 20


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda instrument: instrument.name)
def test_every_note_that_an_instrument_can_play_is_heard_and_those_just_beyond(shipped, instrument):
    """The font has no organ above C7 and no saxophone above E flat 6: such notes were silent."""
    reached = []
    shipped.cut((0, instrument.program), dialect=lambda zone: reached.append(zone) or [zone])
    for velocity in (20, 70, 120):
        pitches = {
            pitch
            for zone in reached
            if zone[VELOCITIES] & 0xFF <= velocity <= zone[VELOCITIES] >> 8
            for pitch in range(zone[PITCHES] & 0xFF, (zone[PITCHES] >> 8) + 1)
        }
        assert set(range(instrument.lowest - 12, min(128, instrument.highest + 12))) <= pitches


def test_the_highest_note_of_an_organ_sounds(shipped):
    sound = strike(loaded(shipped.cut((0, 19))), (0, 19), 103)
    spectrum = np.abs(np.fft.rfft(sound))
    assert np.argmax(spectrum) == pytest.approx(440 * 2 ** ((103 - 69) / 12), rel=0.02)


def test_drums_are_what_stands_in_the_font_and_no_others(shipped):
    silent = strike(loaded(shipped.cut(DRUMS)), DRUMS, 10)
    assert not silent.any()


def test_a_sample_that_ends_does_not_click(shipped, whole):
    """The synthesiser looks one frame beyond the end of a sample, where in the whole font the next one begins."""

    def last_frames(synth):
        sound = strike(synth, DRUMS, 76)
        return np.abs(sound[np.flatnonzero(np.abs(sound) > 1e-5)[-1] - 3 :]).max()

    assert last_frames(loaded(shipped.cut(DRUMS))) < 0.01 < last_frames(whole)


def test_an_instrument_that_a_font_lacks_is_played_by_its_nearest_relative(shipped, monkeypatch):
    assert shipped.find(0, 40) == (0, 40)
    monkeypatch.setattr(shipped, "_numbers", {(0, 0): 0, (0, 42): 1, (0, 47): 2, (DRUM_BANK, 0): 3})
    assert shipped.find(0, 40) == (0, 42)
    assert shipped.find(0, 73) == (0, 0), "no flute at all"
    assert shipped.find(DRUM_BANK, 48) == (DRUM_BANK, 0)


# --- other fonts


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content


def sine_font(*, padded=True, preset=(0, 0), zone=(), added=()):
    """A soundfont of one looped sine (A4) that is not compressed, written by hand. zone, added: generators."""
    wave = (20_000 * np.sin(2 * np.pi * 441 * np.arange(4_410) / RATE)).astype("<i2").tobytes()
    head = np.zeros(2, SAMPLE_HEAD)
    head[0] = (b"sine".ljust(20, b"\0"), 0, 4_410, 0, 4_400, RATE, b"\x45\0", 0, 1)
    bank, program = preset

    def generators(*pairs):
        return b"".join(struct.pack("<Hh", *pair) for pair in (*pairs, (0, 0)))

    tables = chunk(
        b"phdr", struct.pack("<20sHHH12x", b"sine", program, bank, 0) + struct.pack("<20sHHH12x", b"", 0, 0, 1)
    )
    tables += (
        chunk(b"pbag", struct.pack("<4H", 0, 0, 1 + len(added), 0))
        + chunk(b"pmod", bytes(10))
        + chunk(b"pgen", generators(*added, (41, 0)))
    )
    tables += chunk(b"inst", struct.pack("<20sH20sH", b"sine", 0, b"", 1))
    tables += chunk(b"ibag", struct.pack("<4H", 0, 0, 2 + len(zone), 0)) + chunk(b"imod", bytes(10))
    tables += chunk(b"igen", generators(*zone, (54, 1), (53, 0))) + chunk(b"shdr", head.tobytes())
    odd = chunk(b"INAM", b"odd") + b"\0" * padded
    body = b"sfbk" + chunk(b"LIST", b"INFO" + chunk(b"ifil", struct.pack("<HH", 2, 1)) + odd)
    body += chunk(b"LIST", b"sdta" + chunk(b"smpl", wave + bytes(92))) + chunk(b"LIST", b"pdta" + tables)
    return chunk(b"RIFF", body)


@pytest.mark.parametrize("padded", [True, False])
def test_a_font_that_is_not_compressed_is_cut_as_well_padded_or_not(tmp_path, padded):
    file = tmp_path / "sine.sf2"
    file.write_bytes(sine_font(padded=padded))
    sound = strike(loaded(SoundfontFile(file).cut((0, 0))), (0, 0), 69)
    spectrum = np.abs(np.fft.rfft(sound[RATE // 4 :][: RATE // 2]))
    assert np.argmax(spectrum) * 2 == pytest.approx(441, abs=4)
    assert np.abs(sound[-1000:]).max() > 0.1, "the loop goes on"


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x04\0\0\0sfbk", b"RIFF\x04\0\0\0WAVE", bytes(1000)])
def test_a_file_that_is_no_soundfont_is_refused_with_its_name(tmp_path, content):
    file = tmp_path / "broken.sf2"
    file.write_bytes(content)
    with refuses(RenderError, match=r"broken\.sf2"):
        SoundfontFile(file)


def test_a_damaged_font_is_refused_or_cut_and_nothing_else(tmp_path):
    sound = bytearray(sine_font())
    rng = np.random.default_rng(1)
    file = tmp_path / "damaged.sf2"
    refused = 0
    for _ in range(300):
        damaged = bytearray(sound)
        for place in rng.integers(0, 80, 2):
            damaged[place if rng.random() < 0.3 else -int(place) - 1] = int(rng.integers(0, 256))
        file.write_bytes(damaged)
        try:
            font = SoundfontFile(file)
            font.cut(font.find(0, 0))
        except RenderError:
            refused += 1
    assert 0 < refused < 300


def test_the_samples_that_come_along_are_all_compressed(shipped):
    assert all(kind & VORBIS for kind in shipped._samples["type"][:-1])
