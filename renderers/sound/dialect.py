"""What tinysoundfont reads otherwise than those for whose ears soundfonts are made, and what it is told instead.

A soundfont is a table of numbers. The standard (SoundFont 2.04) says what they mean, but fonts are tuned by ear, and
the ears of today's authors hear FluidSynth. Each zone is told anew, so that tinysoundfont 0.3.7 sounds as FluidSynth
2.3 does; how the two differ stands in their sources (tsf.h; fluid_voice.c, fluid_rvoice.c, fluid_iir_filter.c), how
near they come is measured by `make measure NAME=sound ARGS=--bands`.

- Velocity: tinysoundfont is told amplitudes, and takes them for velocities where it chooses zones.
- Attenuation: as with E-mu's own synthesisers, 0.4 of what is written is meant; tinysoundfont takes all of it.
- Decay and release: in the time that is written a sound falls by 96 dB; with tinysoundfont by 80 dB.
- Sustain: a thousand stands for those 96 dB, with tinysoundfont for 100.
- Low pass: without resonance it is 3 dB down at its cutoff, and with one all is softer by half of it; tinysoundfont
  knows no filter below 0 dB there, and takes nothing from the rest.
- Release: none is shorter than 1/64 s; tinysoundfont lets go within 10 ms, in steps that click.

What is not covered: modulators, and that the second envelope rises by a curve.
"""

from renderers.sound.presets import CUTOFF, NO_CUTOFF, VELOCITIES, Zone

RESONANCE, ENVELOPE_TO_CUTOFF, ENVELOPE_SUSTAIN, DECAY, SUSTAIN, RELEASE, ATTENUATION = 9, 11, 29, 36, 37, 38, 48
# tinysoundfont makes a note's amplitude proportional to its velocity: 8 dB from pp to ff. The soundfont standard
# asks for about the square (16 dB). Between the two, soft passages stay audible on a phone.
VELOCITY_EXPONENT = 1.5
MEANT_ATTENUATION = 0.4
FALL_DB, TOLD_FALL_DB = 96.0, 80.13  # 20 log10(e^9.226), as tsf.h has it
QUICKER_TIMECENTS = -313  # 1200 log2(TOLD_FALL_DB / FALL_DB)
SHORTEST_RELEASE = -7_200  # timecents
SILENT = 1_000  # this sustain
FLAT = 30  # tenths of a decibel: the resonance by which tinysoundfont's least filter is above one that has none
# A low pass as flat as asked for is told as one that begins so much earlier: as bright on the whole.
DARKER_CENTS = 190
# Where much of a sound lies around a cutoff that stands still, that is not enough: two zones sound together, whose sum
# is flat within 0.6 dB up to three times the cutoff. (cents, attenuation in tenths of a decibel): found by trying all.
DULL = 11_400  # cents above 8.176 Hz: 5.9 kHz
HALVES = ((-1_004, 80), (165, 44))


def amplitude(velocity: int) -> float:
    """How loud a note is that is struck so, from 0 to 1."""
    return float((velocity / 127) ** VELOCITY_EXPONENT)


def tell(zone: Zone) -> list[Zone]:
    """What a complete zone is told as."""
    told = zone | {RELEASE: max(zone.get(RELEASE, SHORTEST_RELEASE) + QUICKER_TIMECENTS, SHORTEST_RELEASE)}
    if VELOCITIES in zone:
        told[VELOCITIES] = _told(zone[VELOCITIES] & 0xFF) | (_told((zone[VELOCITIES] >> 8) + 1) - 1) << 8
    if DECAY in zone:
        told[DECAY] += QUICKER_TIMECENTS
    if 0 < zone.get(SUSTAIN, 0) < SILENT:
        told[SUSTAIN] = round(zone[SUSTAIN] * FALL_DB / 100)
    resonance = max(0, zone.get(RESONANCE, 0))
    told[RESONANCE] = max(0, resonance - FLAT)
    told[ATTENUATION] = round(zone.get(ATTENUATION, 0) * MEANT_ATTENUATION + resonance / 2)
    return _flat(told, missing=1 - min(1.0, resonance / FLAT))


def _flat(told: Zone, *, missing: float) -> list[Zone]:
    """As one zone or two whose low pass has less resonance, by a share of what is `missing`."""
    cutoff = told.get(CUTOFF, NO_CUTOFF)
    is_dull = cutoff + min(0, told.get(ENVELOPE_TO_CUTOFF, 0)) <= DULL
    if missing < 1 or not is_dull or told.get(ENVELOPE_SUSTAIN):
        return [told | {CUTOFF: cutoff - round(DARKER_CENTS * missing)}]
    return [told | {CUTOFF: cutoff + cents, ATTENUATION: told[ATTENUATION] + loss} for cents, loss in HALVES]


def _told(velocity: int) -> int:
    """0 and 128, the ends of all ranges, stay; and no velocity is lost between two ranges."""
    return int(amplitude(velocity) * 127) if 1 < velocity < 128 else velocity - (velocity == 1)
