from pathlib import Path, PurePosixPath

import pytest

from generator.training.errors import CorpusError
from generator.training.prepare.labels import (
    Labels,
    complete_labels,
    first_said,
    folder_labels,
    guess_composer,
    guess_instrumentation,
    read_catalogue,
    said_labels,
    work_key,
)
from generator.training.prepare.musicxml import Metadata, Part
from tests.refusals import refuses

PIANO = Part("Piano", 2, sung=False, pitched=True)
VOICE = Part("Singstimme", 1, sung=True, pitched=True)


def part(name: str, *, staves: int = 1, sung: bool = False) -> Part:
    return Part(name, staves, sung=sung, pitched=True)


@pytest.mark.parametrize(
    ("parts", "instrumentation"),
    [
        ((PIANO,), "Keyboard"),
        ((part("", staves=2),), "Keyboard"),
        ((VOICE, PIANO), "Art Song"),
        ((part("Violin I"), part("Violin II"), part("Viola"), part("Cello")), "Chamber"),
        ((part("Violin"), PIANO), "Chamber"),
        ((part("Guitare"),), "Guitar"),
        (tuple(part(name, sung=True) for name in ("Soprano", "Alto", "Tenor", "Bass")), "Choral"),
        ((part("Sopran/Alt"), part("Tenor/Bass")), "Choral"),
        (tuple(part(f"Violin {n}") for n in range(9)), "Orchestral"),
        ((VOICE, part("Violin I"), part("Violin II"), part("Viola"), part("Bass Viol")), "Vocal-Orchestral"),
    ],
)
def test_the_instrumentation_is_guessed_from_the_parts(parts: tuple[Part, ...], instrumentation: str) -> None:
    assert guess_instrumentation(parts) == instrumentation


@pytest.mark.parametrize(
    ("text", "composer"),
    [
        ("Fryderyk Chopin", "Chopin, Frederic"),
        ("F. Chopin (1810-1849)", "Chopin, Frederic"),
        ("CHOPIN", "Chopin, Frederic"),
        ("Antonín Dvořák", "Dvorak, Antonin"),
        ("C. P. E. Bach", "Bach, C. P. E."),
        ("Dionisio Aguado", "Aguado, Dionisio"),
        ("Doe, Jane", "Doe, Jane"),
        ("Arr. Y. Nagai, K. Obata", "Unknown"),
        ("Trad.", "Traditional"),
        ("", "Unknown"),
    ],
)
def test_the_composer_is_spelled_as_the_network_knows_names(text: str, composer: str) -> None:
    assert guess_composer(text) == composer


@pytest.mark.parametrize(
    ("work", "movement", "stem", "key"),
    [
        ("Sonata", "Allegro, Op. 27 No. 2", "a", "op27"),
        ("Quartet, Opus 59 no 1", "", "a", "op59"),
        ("Suite BWV 1007", "Prelude", "a", "bwv1007"),
        ("Six Songs", "The Weir", "song_03", "six songs"),
        ("", "", "K331_rondo", "k331"),
        ("", "", "01", "01"),
    ],
)
def test_movements_of_a_work_share_its_number_or_its_title(work: str, movement: str, stem: str, key: str) -> None:
    assert work_key(Metadata(work, movement, "", ()), title="", stem=stem) == key


def test_what_is_said_counts_before_what_is_guessed() -> None:
    said = first_said(
        said_labels({"composer": "Doe, Jane"}, where="The catalogue"),
        said_labels({"composer": "Roe, Richard", "period": "romantic", "licence": "CC0"}, where="The command"),
        folder_labels(PurePosixPath("Baroque/Somebody_Else/art_song/x.abc")),
    )
    labels = complete_labels(said, Metadata("A Song", "", "Chopin", (PIANO,)), file=PurePosixPath("x.abc"))
    assert labels == Labels(
        period="Romantic",
        composer="Doe, Jane",
        instrumentation="Art Song",
        title="A Song",
        work="Doe, Jane|a song",
        licence="CC0",
    )
    bare = complete_labels(Labels(licence="CC0"), Metadata("A Song", "", "Chopin", (PIANO,)), file=PurePosixPath("x"))
    assert (bare.period, bare.composer, bare.instrumentation) == ("Romantic", "Chopin, Frederic", "Keyboard")
    assert bare.guessed == ("period", "composer", "instrumentation")


def test_folders_of_other_names_say_nothing() -> None:
    assert folder_labels(PurePosixPath("my/own/folders/x.abc")) == Labels()
    assert folder_labels(PurePosixPath("Romantic/x.abc")) == Labels()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("catalogue.csv", "file,composer,period,licence\nfolk/a.abc,Jane Doe,Folk,CC0\n"),
        ("catalogue.jsonl", '{"file": "folk/a.abc", "composer": "Jane Doe", "period": "folk", "licence": "CC0"}\n'),
    ],
)
def test_a_catalogue_labels_files(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_catalogue(tmp_path) == {"folk/a.abc": Labels(period="Folk", composer="Jane Doe", licence="CC0")}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '{"file": "a.abc", "instrumentation": "Banjo"}',
            "has the instrumentation “Banjo”, which there is not. Choose",
        ),
        ('{"file": "a.abc", "period": "Stone Age"}', "has the period “Stone Age”, which there is not. Choose"),
        ('{"file": "a.abc", "composer": "肖邦"}', "Write the name in Latin letters"),
        ('{"composer": "Doe"}', "names no file"),
        ("[1]", "has to be a JSON object"),
        ("{", "cannot be read"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "catalogue.jsonl").write_text(text + "\n")
    with refuses(CorpusError, match=sentence):
        read_catalogue(tmp_path)
