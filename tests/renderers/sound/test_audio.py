"""The recording: as long as the score, evenly loud, never clipped, silent at the end, and tagged."""

from base64 import b64decode
from io import BytesIO

import mido
import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.ogg import OggPage
from mutagen.oggopus import OggOpus
from PIL import Image

from renderers.errors import InputRefused
from renderers.sound.audio import COVER_BYTES, encode, make_cover, make_mp3, mix_down
from renderers.sound.encoding import WAVEFORM, make_flac, make_opus, make_voice, resample
from renderers.sound.loudness import SAMPLE_RATE, measure_loudness, peak_dbfs
from renderers.sound.mastering import master
from renderers.sound.midi import render_midi
from renderers.sound.ogg import pack_opus
from renderers.sound.soundfont import find_soundfont
from renderers.sound.synthesis import TAIL_S, synthesise
from tests.refusals import refuses
from tests.renderers.playing import notes_of, to_musicxml
from tests.renderers.sound.midi_files import midi_length_s, read_midi

BAR_R, BAR_L = "e/g/c'/g/ e/g/c'/g/", "C,2 G,2"


@pytest.fixture(scope="module")
def soundfont():
    return find_soundfont(None, system_folders=())


@pytest.fixture(scope="module")
def midi():
    """Eight bars of piano, 16 s, from pianissimo to fortissimo, with a bar of rest before the end."""
    right = f"!pp!{BAR_R}|" + "!<(!" + f"{BAR_R}|" * 5 + "!<)!z4|!ff!c'4|]"
    left = f"{BAR_L}|" * 6 + "z4|C,4|]"
    return render_midi(to_musicxml(right, left, score="{ 1 | 2 }", names=("Piano", "")), title="Test")


@pytest.fixture(scope="module")
def recording(midi, soundfont):
    return master(synthesise(read_midi(midi), soundfont=soundfont))


def level_db(samples):
    return 10 * np.log10(float(np.mean(np.square(samples, dtype=np.float64))) + 1e-12)


def true_peak_dbfs(samples):
    """The peak of the wave between the samples, by four times as many samples (BS.1770-4, annex 2)."""
    peak = 0.0
    size, margin = 1 << 16, 256
    padded = np.pad(samples, ((margin, size), (0, 0)))
    for start in range(0, len(samples), size - 2 * margin):
        spectrum = np.fft.rfft(padded[start : start + size], axis=0)
        finer = np.fft.irfft(spectrum, 4 * size, axis=0) * 4
        peak = max(peak, float(np.abs(finer[4 * margin : -4 * margin]).max()))
    return 20 * np.log10(peak)


def test_the_mp3_lasts_as_long_as_the_midi_and_a_short_tail(midi, recording):
    mp3 = make_mp3(recording, title="T", artist="A")
    info = MP3(BytesIO(mp3)).info
    assert info.length == pytest.approx(midi_length_s(midi) + TAIL_S, abs=0.1)
    assert TAIL_S <= 2.5
    assert (info.bitrate, info.sample_rate, info.channels) == (160_000, SAMPLE_RATE, 2)


def test_the_recording_is_as_loud_as_the_target_and_does_not_clip(recording):
    assert measure_loudness(recording) == pytest.approx(-16, abs=1)
    assert true_peak_dbfs(recording) <= -1.0


def test_something_sounds_in_every_second_with_notes(midi, recording):
    second = 2  # quarters at 120
    for index in range(round(midi_length_s(midi))):
        sounding = any(n.start < (index + 0.8) * second and n.end > (index + 0.2) * second for n in notes_of(midi))
        if sounding:
            assert level_db(recording[index * SAMPLE_RATE : (index + 1) * SAMPLE_RATE]) > -50, f"second {index}"


def test_dynamics_survive_mastering(recording):
    def bar(number):
        return level_db(recording[2 * number * SAMPLE_RATE : 2 * (number + 1) * SAMPLE_RATE])

    assert bar(5) > bar(0) + 6


def test_the_end_is_silence_and_the_beginning_no_click(recording):
    assert np.abs(recording[0]).max() == 0
    assert np.abs(recording[-1]).max() < 1e-4
    assert level_db(recording[-SAMPLE_RATE // 20 :]) < -60


def test_whoever_plays_a_line_alone_is_as_loud_as_the_others(soundfont):
    """In the font itself a tuba is 18 dB louder than a double bass, and choir basses 5 dB softer than sopranos."""
    lines = {
        "Piano": "CEGc", "Singstimme": "CEGc", "Tuba": "C,,E,,G,,C,", "Contrabbasso": "C,,E,,G,,C,",
        "Violino": "cegc'", "Soprano": "cegc'", "Basso": "G,,C,E,G,",
    }  # fmt: skip
    levels = []
    for name, line in lines.items():
        alone = render_midi(to_musicxml(f"{line}|{line}|]", names=(name,)), title="")
        levels.append(measure_loudness(synthesise(read_midi(alone), soundfont=soundfont)))
    assert max(levels) - min(levels) < 6


def midi_of(*messages):
    """One track: (message, quarters until then)."""
    file = mido.MidiFile(ticks_per_beat=100)
    file.tracks.append(mido.MidiTrack([message.copy(time=round(100 * wait)) for message, wait in messages]))
    out = BytesIO()
    file.save(file=out)
    return out.getvalue()


def note(kind, *, channel=0, pitch=60):
    return mido.Message(f"note_{kind}", channel=channel, note=pitch, velocity=90)


def test_a_channel_that_changes_its_instrument_leaves_no_note_behind(soundfont):
    change = [mido.Message("program_change", program=program) for program in (19, 73)]
    played = midi_of(
        (change[0], 0), (note("on"), 0), (change[1], 1), (note("off"), 0), (note("on", pitch=72), 4),
        (note("off", pitch=72), 2), (note("on", pitch=72), 4), (note("off", pitch=72), 0.1),
    )  # fmt: skip
    samples = synthesise(read_midi(played), soundfont=soundfont)
    assert level_db(samples[: SAMPLE_RATE // 2]) > -50
    assert level_db(samples[2 * SAMPLE_RATE : round(2.4 * SAMPLE_RATE)]) < -90, "the organ was released by the flute"
    assert level_db(samples[round(2.6 * SAMPLE_RATE) : 3 * SAMPLE_RATE]) > -50


def test_what_is_heard_of_an_encoded_recording_stays_below_the_ceiling_too(soundfont):
    """Encoders pass a peak by up to 0.6 dB, as measured; here a lonely piano, whose strokes all reach the ceiling."""
    strokes = [mido.Message("note_on", note=pitch, velocity=120) for pitch in (36, 84, 96, 48) * 4]
    played = [pair for stroke in strokes for pair in ((stroke, 1.5), (note("off", pitch=stroke.note), 0.1))]
    samples = master(synthesise(read_midi(midi_of(*played)), soundfont=soundfont))
    assert measure_loudness(samples) == pytest.approx(-16, abs=1)
    files = (encode(samples), make_opus(samples, title="", artist=""), make_voice(mix_down(samples)))
    for file in files:
        heard = soundfile.read(BytesIO(file), dtype="float32", always_2d=True)[0]
        assert true_peak_dbfs(heard) < -1.3, "some pieces make more of it"


def pedal(value, *, channel=0):
    return mido.Message("control_change", control=64, channel=channel, value=value)


def test_the_pedal_holds_what_the_keys_let_go_until_it_is_lifted(soundfont):
    """The synthesiser passes over the pedal in silence: recordings had none, though MIDI files had."""
    struck = ((note("on"), 0), (note("off"), 0.5))
    levels = {}
    for name, before, after in (("none", 0, 0), ("held", 127, 0), ("half", 63, 0)):
        played = midi_of((pedal(before), 0), *struck, (pedal(after), 3.5), (note("on", channel=1), 2))
        samples = synthesise(read_midi(played), soundfont=soundfont)
        levels[name] = [level_db(samples[round(at * SAMPLE_RATE) :][: SAMPLE_RATE // 10]) for at in (1.5, 2.5)]
    assert levels["held"][0] > levels["none"][0] + 30, "it rings"
    assert levels["held"][1] < levels["held"][0] - 20, "and is damped"
    assert levels["half"] == levels["none"]


def test_a_key_that_is_struck_again_under_the_pedal_has_one_string(soundfont):
    strokes = [(note(kind, pitch=69), 0.1) for kind in ("on", "off") * 20]  # 44 waves from one to the next
    often = synthesise(read_midi(midi_of((pedal(127), 0), *strokes, (pedal(0), 3))), soundfont=soundfont)
    once = synthesise(read_midi(midi_of((pedal(127), 0), *strokes[:2], (pedal(0), 3))), soundfont=soundfont)
    loudest = [np.abs(samples).max() for samples in (often, once)]
    assert loudest[0] < 1.6 * loudest[1]


def test_the_pedal_of_one_player_holds_no_note_of_another(soundfont):
    played = midi_of((pedal(127, channel=1), 0), (note("on"), 0), (note("off"), 0.5), (note("on", channel=1), 3))
    samples = synthesise(read_midi(played), soundfont=soundfont)
    assert level_db(samples[SAMPLE_RATE : round(1.4 * SAMPLE_RATE)]) < -60


def test_a_channel_without_a_program_is_a_piano_and_the_tenth_is_the_drums(soundfont):
    piano = synthesise(read_midi(midi_of((note("on"), 0), (note("off"), 2))), soundfont=soundfont)
    named = midi_of((mido.Message("program_change", program=0), 0), (note("on"), 0), (note("off"), 2))
    assert np.array_equal(piano, synthesise(read_midi(named), soundfont=soundfont))
    drum = synthesise(
        read_midi(midi_of((note("on", channel=9, pitch=38), 0), (note("off", channel=9, pitch=38), 2))),
        soundfont=soundfont,
    )
    assert level_db(drum[: SAMPLE_RATE // 10]) > level_db(drum[SAMPLE_RATE // 2 : SAMPLE_RATE]) + 20


def test_a_piano_of_one_channel_is_wide_and_loses_nothing_on_one_speaker(recording):
    left, right = recording[:, 0].astype(np.float64), recording[:, 1].astype(np.float64)
    assert 0.5 < np.corrcoef(left, right)[0, 1] < 0.95
    on_one_speaker = np.column_stack([(left + right) / 2] * 2).astype(np.float32)
    assert measure_loudness(recording) - measure_loudness(on_one_speaker) < 1


def test_the_synthesiser_carries_nothing_over_into_the_next_piece(midi, soundfont):
    first = synthesise(read_midi(midi), soundfont=soundfont)
    synthesise(read_midi(render_midi(to_musicxml("!ped!C4|]", names=("Organ",)), title="")), soundfont=soundfont)
    assert np.array_equal(first, synthesise(read_midi(midi), soundfont=soundfont))


def test_a_piece_of_rests_is_a_silent_recording_of_its_length(soundfont):
    silent = render_midi(to_musicxml("z4|z4|]"), title="")
    samples = master(synthesise(read_midi(silent), soundfont=soundfont))
    assert len(samples) == round((4 + TAIL_S) * SAMPLE_RATE)
    assert peak_dbfs(samples) < -90
    assert MP3(BytesIO(encode(samples))).info.length == pytest.approx(4 + TAIL_S, abs=0.1)


def test_a_piece_of_an_hour_is_refused_before_memory_is_taken(soundfont):
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(mido.MidiTrack([mido.MetaMessage("end_of_track", time=480 * 2 * 3600)]))
    out = BytesIO()
    file.save(file=out)
    with refuses(InputRefused, match="60 minutes"):
        synthesise(read_midi(out.getvalue()), soundfont=soundfont)


def test_the_tag_names_the_piece_and_shows_its_first_page(midi, recording):
    page = BytesIO()
    Image.effect_noise((810, 1100), 90).convert("RGBA").save(page, "PNG", compress_level=1)
    mp3 = make_mp3(recording, title="Nocturne – Łódź", artist="Notabot, after Chopin", cover_png=page.getvalue())
    tags = MP3(BytesIO(mp3)).tags
    assert (str(tags["TIT2"]), str(tags["TPE1"])) == ("Nocturne – Łódź", "Notabot, after Chopin")
    assert int(str(tags["TLEN"])) == round((midi_length_s(midi) + TAIL_S) * 1000)
    cover = tags.getall("APIC")[0]
    assert cover.mime == "image/jpeg"
    assert len(cover.data) <= COVER_BYTES
    with Image.open(BytesIO(cover.data)) as image:
        assert image.size == (800, 800)


def test_a_cover_that_is_no_image_is_refused():
    with pytest.raises(InputRefused):
        make_cover(b"not a picture")


# --- other formats


@pytest.fixture(scope="module")
def tone():
    wave = 0.3 * np.sin(2 * np.pi * 441 * np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE)
    return np.column_stack([wave, wave / 2]).astype(np.float32)


def test_flac_loses_nothing_and_has_its_tags(tone):
    content = make_flac(tone, title="夜曲", artist="Notabot, after Chopin")
    with soundfile.SoundFile(BytesIO(content)) as sound:
        assert (sound.samplerate, sound.channels, sound.title) == (SAMPLE_RATE, 2, "夜曲")
        assert np.abs(sound.read(dtype="float32") - tone).max() < 1 / 32_000
    assert FLAC(BytesIO(content)).tags["artist"] == ["Notabot, after Chopin"]


def test_opus_plays_as_long_at_the_rate_it_knows_and_is_small(tone):
    content = make_opus(tone, title="Waltz", artist="")
    info = OggOpus(BytesIO(content))
    assert info.info.length == pytest.approx(3, abs=0.01)
    assert info.tags["title"] == ["Waltz"]
    assert len(content) < len(tone) * 4 / 8
    with soundfile.SoundFile(BytesIO(content)) as sound:
        heard = sound.read()
        spectrum = np.abs(np.fft.rfft(heard[48_000:96_000, 0]))
        assert (sound.samplerate, np.argmax(spectrum)) == (48_000, 441)


def test_a_voice_note_has_one_channel_and_says_what_it_looks_like(tone):
    swelling = tone * np.linspace(0, 1, len(tone), dtype=np.float32)[:, None]
    content = make_voice(mix_down(swelling))
    with soundfile.SoundFile(BytesIO(content)) as sound:
        assert (sound.channels, sound.comment[: len(WAVEFORM)]) == (1, WAVEFORM)
        shape = b64decode(sound.comment.removeprefix(WAVEFORM))
    assert (len(shape), max(shape)) == (256, 255)
    assert [max(shape[:20]), min(shape[-20:])] == [pytest.approx(20, abs=4), pytest.approx(236, abs=4)]


@pytest.mark.parametrize("num_frames", [0, 1, 4410, 44_100])
def test_opus_is_as_long_as_the_recording_to_a_frame_and_begins_with_it(tone, num_frames):
    with soundfile.SoundFile(BytesIO(make_opus(tone[:num_frames], title="", artist=""))) as sound:
        heard = sound.read(dtype="float32")
    meant = resample(tone[:num_frames])
    assert heard.shape == meant.shape
    if num_frames >= 4410:
        assert np.square(heard - meant).mean() < np.square(meant).mean() / 100, "it would be as loud if it came late"


def test_packets_of_any_length_come_back_from_an_ogg_file_whose_checksums_are_right():
    packets = [bytes([size % 251]) * size for size in (1, 254, 255, 256, 510, 1275, *[1275] * 100)]
    content = pack_opus(packets, channels=2, num_frames=100_000, delay_frames=312, vendor="us", tags={"title": "T"})
    file, pages = BytesIO(content), []
    while file.tell() < len(content):
        pages.append(OggPage(file))
    assert b"".join(page.write() for page in pages) == content, "mutagen reckons sums of its own"
    assert OggPage.to_packets(pages)[2:] == packets
    assert [page.first for page in pages] == [True, *[False] * (len(pages) - 1)]
    assert (pages[-1].last, pages[-1].position) == (True, 100_312)


@pytest.mark.parametrize("seconds", [0, 0.001, 1.37])
def test_the_other_rate_lasts_as_long(seconds):
    few = np.zeros((round(seconds * SAMPLE_RATE), 1), np.float32)
    assert len(resample(few)) == round(len(few) * 160 / 147)
