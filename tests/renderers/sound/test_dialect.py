"""A font told in the dialect of the synthesiser sounds as its author heard it: by the standard and by FluidSynth."""

import numpy as np
import pytest
import tinysoundfont

from renderers.sound.dialect import amplitude, tell
from renderers.sound.presets import VELOCITIES, SoundfontFile
from renderers.sound.soundfont import SHIPPED_SOUNDFONT
from tests.renderers.sound.test_presets import RATE, sine_font

CUTOFF, RESONANCE, DECAY, SUSTAIN, RELEASE, ATTENUATION = 8, 9, 36, 37, 38, 48
AT_THE_SINE = round(1200 * np.log2(441 / 8.176))
A4 = 69


@pytest.fixture
def levels(tmp_path):
    """The level in dB of each tenth of a second of a sine, whose zone holds these generators; let go after a second."""

    def played(*zone, added=()):
        file = tmp_path / "sine.sf2"
        file.write_bytes(sine_font(zone=zone, added=added))
        synth = tinysoundfont.Synth()
        synth.sfload(SoundfontFile(file).cut((0, 0), dialect=tell))
        synth.program_change(0, 0)
        synth.noteon(0, A4, 127)
        sound = bytes(synth.generate(RATE))
        synth.noteoff(0, A4)
        sound += bytes(synth.generate(RATE))
        samples = np.frombuffer(sound, np.float32).reshape(-1, 2)[:, 0].astype(float)
        return 10 * np.log10(np.square(samples).reshape(20, -1).mean(axis=1) + 1e-12)

    return played


def test_of_an_attenuation_four_tenths_are_meant(levels):
    """E-mu's synthesisers began it, and all fonts are made by ears that are used to it."""
    assert levels()[5] - levels((ATTENUATION, 100))[5] == pytest.approx(4, abs=0.1)
    assert levels()[5] - levels((ATTENUATION, 100), added=((ATTENUATION, 50),))[5] == pytest.approx(6, abs=0.1)


def test_a_sound_decays_by_96_db_in_the_time_that_is_written(levels):
    two_seconds = levels((DECAY, 1200), (SUSTAIN, 1000))
    assert two_seconds[1] - two_seconds[9] == pytest.approx(0.8 * 48, abs=1)
    half = levels((DECAY, -6000), (SUSTAIN, 500))
    assert levels()[5] - half[5] == pytest.approx(48, abs=0.5)


def test_what_is_let_go_dies_away_by_96_db_in_the_time_that_is_written(levels):
    released = levels((RELEASE, 1200))
    assert released[11] - released[18] == pytest.approx(0.7 * 48, abs=1)


def test_no_note_is_let_go_so_quickly_that_it_clicks(tmp_path):
    (zone,) = tell({})
    assert zone[RELEASE] == -7200
    assert tell({RELEASE: -12_000})[0][RELEASE] == -7200


def test_a_low_pass_is_three_decibels_down_where_it_begins_and_falls_by_twelve_an_octave(levels):
    """The synthesiser's least resonance is 0 dB there: what lies around the cutoff was 3 dB too loud."""
    for octaves, loss in ((0, 3.0), (1, 0.26), (2, 0.0), (-0.5, 7.0), (-1, 12.3)):
        heard = levels((CUTOFF, AT_THE_SINE + round(1200 * octaves)))
        assert levels()[5] - heard[5] == pytest.approx(loss, abs=0.7), octaves


def test_a_resonance_is_a_peak_above_the_flat_one_and_takes_half_of_it_from_all(levels):
    at_peak = levels((CUTOFF, AT_THE_SINE), (RESONANCE, 100))
    beside = levels((CUTOFF, AT_THE_SINE + 3600), (RESONANCE, 100))
    assert levels()[5] - at_peak[5] == pytest.approx(-2, abs=0.3)
    assert levels()[5] - beside[5] == pytest.approx(5, abs=0.3)


def test_a_note_finds_the_zones_that_its_velocity_means_though_it_is_told_as_an_amplitude():
    """Told of less than was meant, horns came out without their upper partials."""
    halves = [{VELOCITIES: 0 | 79 << 8}, {VELOCITIES: 80 | 127 << 8}]
    told = [tell(zone)[0][VELOCITIES] for zone in halves]
    for velocity in range(1, 128):
        heard = int(amplitude(velocity) * 127)
        found = [place for place, span in enumerate(told) if span & 0xFF <= heard <= span >> 8]
        assert found == [int(velocity >= 80)], velocity


def test_all_that_a_preset_adds_is_in_what_is_told():
    """The horn has nine layers, each duller than the one above: cutoffs are those of the instrument and their own."""
    told = []
    SoundfontFile(SHIPPED_SOUNDFONT).cut((0, 60), dialect=lambda zone: told.append(zone) or [zone])
    cutoffs = {zone[VELOCITIES] >> 8: zone[CUTOFF] for zone in told}
    assert len(cutoffs) == 9
    assert [cutoffs[highest] for highest in sorted(cutoffs)] == sorted(cutoffs.values())
    assert cutoffs[127] == 12_125
    assert cutoffs[64] == 12_125 - 3_986
