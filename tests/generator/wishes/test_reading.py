"""Free words as people write them: what is understood, what is asked about, what is left alone."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.catalogue.catalogue import load_catalogue
from generator.errors import NotAWish, UnknownStyle
from generator.notation.keys import parse_key
from generator.wishes.asked import notes_on
from generator.wishes.door import wishes_for
from generator.wishes.reading import read_wishes
from generator.wishes.vocabulary import load_vocabulary
from tests.refusals import refuses

CATALOGUE = load_catalogue()


def read(words, **how):
    return read_wishes(words, CATALOGUE, **how)


@pytest.mark.parametrize(
    ("words", "style", "key", "metre", "bars", "tempo"),
    [
        ("chopin nocturne in e minor", "Chopin keyboard", "Em", None, None, None),
        ("fugue in d minor", "Bach keyboard", "Dm", None, None, None),
        ("chopin, in A minor", "Chopin keyboard", "Am", None, None, None),
        ("bach 8 bars", "Bach keyboard", None, None, 8, None),
        ("bach bars 8", "Bach keyboard", None, None, 8, None),
        ("16 bars of bach in c minor 3/4", "Bach keyboard", "Cm", "3/4", 16, None),
        ("chopin key=F# minor", "Chopin keyboard", "F#m", None, None, None),
        ("chopin key=Cb minor bars=4, tempo=allegro", "Chopin keyboard", "Bm", None, 4, 132),
        ("chopin keyboard 24 bars 90bpm", "Chopin keyboard", None, None, 24, 90),
        ("chopin 8bars metre=waltz", "Chopin keyboard", None, "3/4", 8, None),
        ("chopin metre=4", "Chopin keyboard", None, "4/4", None, None),
        ("贝多芬 钢琴 c小调 16小节", "Beethoven keyboard", "Cm", None, 16, None),
        ("肖邦 调=Am 小节=4", "Chopin keyboard", "Am", None, 4, None),
        ("小提琴协奏曲 16小节 降B大调", "Beethoven orchestral", "Bb", None, 16, None),
        ("moonlight sonata", "Beethoven keyboard", "C#m", "4/4", None, 56),
        ("Fuge in g-Moll, zwölf Takte, 3/4-Takt", "Bach keyboard", "Gm", "3/4", 12, None),
        ("Klavierstück in H-Dur im Sechsachteltakt", "Chopin keyboard", "B", "6/8", None, None),
        ("sonata para piano de Mozart", "Mozart keyboard", None, None, None, None),
    ],
)
def test_what_musicians_say_about_key_metre_and_length_is_taken(words, style, key, metre, bars, tempo):
    wishes = read(words)
    assert wishes.sort == "request"
    assert wishes.style.name == style
    assert wishes.key == (parse_key(key) if key else None)
    assert (str(wishes.metre) if wishes.metre else None, wishes.bars, wishes.tempo) == (metre, bars, tempo)


@pytest.mark.parametrize(
    ("words", "players"),
    [
        ("a waltz in 3/4 for violin and piano", ("violin", "piano")),
        ("sonata for violin and piano", ("violin", "piano")),
        ("Sonate für Violine und Klavier", ("violin", "piano")),
        ("flute and piano", ("flute", "piano")),
        ("clarinet trio with cello and piano", ("clarinet", "cello", "piano")),
        ("trio for oboe, horn and piano", ("oboe", "horn", "piano")),
        ("a violin concerto, but for just violin and piano", ("violin", "piano")),
        ("Blockflötenquartett", ("recorder",) * 4),
        ("两把小提琴和大提琴", ("violin", "violin", "cello")),
    ],
)
def test_exactly_those_play_who_are_named(words, players):
    assert read(words).players == players


def test_moods_and_scenes_become_a_mode_and_a_tempo_and_say_so():
    for words in ("写一首悲伤的钢琴曲", "something sad and slow for piano", "etwas Trauriges für Klavier"):
        wishes = read(words)
        assert (wishes.sort, wishes.mode, wishes.style.instrumentation) == ("request", "min", "Keyboard")
        assert wishes.tempo <= 70
    cafe = read("咖啡馆午后的轻松氛围")
    assert (cafe.sort, cafe.mode, cafe.temperament) == ("request", "maj", "conservative")
    assert {part.how for part in cafe.parts if part.kind == "mode"} == {"mood"}


def test_a_work_gives_what_nothing_else_says():
    sad = read("something like moonlight sonata but in A minor and faster")
    assert (sad.style.name, sad.key.name) == ("Beethoven keyboard", "A minor")
    assert sad.tempo > read("moonlight sonata").tempo
    assert read("like chopin but slower").tempo < 100


@pytest.mark.parametrize(
    "words", ["about a minute of bach", "bach, 60 seconds", "Bach, etwa eine Minute", "巴赫 一分钟"]
)
def test_a_length_in_time_becomes_bars_that_last_as_long(words):
    wishes = read(words)
    assert wishes.seconds == 60
    seconds = wishes.bars * float(wishes.metre.length) * 4 * 60 / wishes.tempo
    assert abs(seconds - 60) < 4


def test_what_nobody_wants_is_left_out():
    assert read("not chopin, but piano").style.composer != "Chopin, Frederic"
    assert read("kein Klavier, nur Gitarre").style.instrumentation == "Guitar"
    assert read("不要钢琴,要长笛和吉他").players == ("flute", "guitar")
    assert read("joplin aber ohne Synkopen und gemütlich").moods == ("calm",)


@pytest.mark.parametrize(
    "words", ["hello", "hi!", "hallo", "你好", "danke", "thanks a lot", "谢谢", "another one", "bye"]
)
def test_greetings_and_thanks_are_no_orders(words):
    for is_request in (False, True):
        assert read(words, is_request=is_request).sort in ("greeting", "thanks", "again", "farewell")


@pytest.mark.parametrize(
    "words",
    [
        "I love Chopin so much",
        "my piano is broken",
        "what is a waltz?",
        "can you play the piano?",
        "we saw Swan Lake yesterday",
        "Was kostet ein Klavier?",
        "Mein Sohn lernt Geige",
        "我喜欢钢琴",
        "你会弹钢琴吗",
        "肖邦是哪国人",
        "write me an email",
        "make me a sandwich",
    ],
)
def test_nothing_is_composed_from_what_asks_for_nothing(words):
    assert read(words).sort in ("talk", "unknown")


@pytest.mark.parametrize(
    ("words", "name"),
    [("shopin", "Chopin"), ("betoven", "Beethoven"), ("frank", "Bridge"), ("Chopn", "Chopin")],
)
def test_a_name_that_is_only_near_is_asked_about(words, name):
    wishes = read(words)
    assert (wishes.sort, [near.name for near in wishes.near]) == ("near", [name])
    with refuses(NotAWish, match=f"did you mean {name}"):
        wishes_for(words, CATALOGUE)


@pytest.mark.parametrize("words", ["weber", "franck"])
def test_whom_we_do_not_have_is_named_with_the_nearest(words):
    with refuses(NotAWish, match=r"I have no music by .*(Weber|Franck)\. The nearest that I know is"):
        wishes_for(words, CATALOGUE)
    waltz = read(f"a waltz like {words}")
    assert waltz.sort == "request"
    assert waltz.strangers[0].is_person


def test_among_words_that_are_understood_a_misspelt_one_is_taken_and_that_is_said():
    wishes = read("Schubrt impromptu in G flat")
    assert (wishes.sort, wishes.style.composer) == ("request", "Schubert, Franz")
    assert [(part.words, part.value) for part in wishes.parts if part.kind == "spelling"] == [("Schubrt", "Schubert")]
    assert read("肖帮的夜曲").style.composer == "Chopin, Frederic"
    assert read("维瓦第 小提琴").style.composer == "Vivaldi, Antonio"


def test_a_request_is_not_refused_for_one_word():
    assert read("chopin banjo and a frobnicator").missed == ("frobnicator",)
    assert read("chopin banjo").lacking == ("banjo",)
    assert read("chopin --bars").incomplete == ("--bars",)
    assert read("rachmaninoff concerto").sort == "request"


@pytest.mark.parametrize("words", ["xyzzy plugh", "asdf", "travel", "satire", "danny", "？！", ""])
def test_words_that_mean_nothing_are_refused_with_what_there_is(words):
    with pytest.raises((UnknownStyle, NotAWish)):
        wishes_for(words, CATALOGUE)


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "chopin",
                "not",
                "in",
                "a",
                "minor",
                "不",
                "小",
                "bars",
                "16",
                "=",
                "3/4",
                "--key",
                "ohne",
                "I V vi IV",
                "♭",
                "ß",
            ]
        )
    ).map(" ".join)
)
def test_any_text_is_read_and_always_the_same(words):
    first = read(words)
    assert first == read(words)
    assert first.style in CATALOGUE.styles
    assert first.bars is None or 1 <= first.bars <= 256
    assert first.tempo is None or 20 <= first.tempo <= 300


def test_all_that_the_languages_name_has_a_meaning():
    vocabulary = load_vocabulary()
    tables = {"genre": "genres", "work": "works", "tempo": "tempos", "mood": "moods", "progression": "progressions"}
    named = {(entry.kind, entry.id) for entries in vocabulary.phrases.values() for entry in entries}
    assert [
        (kind, name) for kind, name in sorted(named) if kind in tables and name not in vocabulary.tables[tables[kind]]
    ] == []


def test_whatever_stands_for_somebody_we_lack_is_in_the_catalogue():
    tables = load_vocabulary().tables
    for section in ("strangers", "strange_genres"):
        for name, entry in tables[section].items():
            assert CATALOGUE.find(entry["near"]), name
    for words in ("一首古风的曲子", "chinesische Musik für Klavier", "something like Hans Zimmer"):
        assert read(words).strangers, words


@pytest.mark.parametrize(
    ("words", "players"),
    [
        ("Fl./Ob./Fg., F-Dur", ("flute", "oboe", "bassoon")),
        ("ein Stück für Vl. und Klav.", ("violin", "piano")),
        ("Vl I, Vl II, Vla: trio", ("violin", "violin", "viola")),
        ("2x flute and piano", ("flute", "flute", "piano")),
        ("恐怖片配乐 大提琴x2", ("cello", "cello")),
        ("进行曲,小号两把、管风琴", ("trumpet", "trumpet", "organ")),
        ("duet for two cellos", ("cello", "cello")),
        ("Piano duet (four hands)", ("piano", "piano")),
        ("woodwind trio of flute, oboe and clarinet", ("flute", "oboe", "clarinet")),
        ("Trio Klavier Horn Geige", ("horn", "violin", "piano")),
        ("tenor and string quartet", ("tenor", "violin", "violin", "viola", "cello")),
        ("fugue in three voices for harpsichord", ("harpsichord",)),
        ("長笛與結他二重奏", ("flute", "guitar")),
        ("unaccompanied tenor", ("tenor",)),
    ],
)
def test_a_list_of_players_is_read_as_it_is_written(words, players):
    assert sorted(read(words).players) == sorted(players)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("D/A/Bm/F#m/G/D/G/A violin", {"chords": "D A Bm F#m G D G A"}),
        ("Em C G D,扫弦吉他,一百二十拍", {"tempo": 120}),
        ("dotted quarter = 60, barcarolle", {"tempo": 90}),
        ("langsamer als Andante, Flöte", {"tempo": 60}),
        ("frescobaldi ricercar im Vierhalbetakt", {"metre": "4/2"}),
        ("drei Viertl, gschwind, Klavier", {"metre": "3/4"}),
        ("dreiviertel Minute, Dreiertakt, Klavier", {"seconds": 45, "metre": "3/4"}),
        ("3-ish minutes, harp", {"seconds": 180}),
        ("polonaise, no more than 40 bars", {"bars": 40}),
        ("16 T., 6/8, Flöte", {"bars": 16}),
        ("not in a minor key, piano waltz", {"mode": "maj"}),
        ("不要大调,单簧管和巴松", {"mode": "min"}),
        ("#f小调 奏鸣曲", {"key": "F# minor"}),
        ("a Dorian tune for recorder", {"mode": "dor", "key": "None"}),
        ("waltz, five flats", {"key": "Db major"}),
        ("Menuett in Moll, zwei Kreuze", {"key": "B minor"}),
        ("Walzer mit einm Kreuz", {"key": "G major"}),
        ("三个升号的钢琴曲", {"key": "A major"}),
        ("两个降号的钢琴曲", {"key": "Bb major"}),
        ("ein Stück ohne Vorzeichen für Flöte", {"key": "C major"}),
        ("in the relative minor of G major, violin", {"key": "E minor"}),
        ("alto sax (in Eb), key of F", {"key": "F major"}),
        ("Akkorde: I vi ii V, D-Dur, Gitarre", {"key": "D major", "chords": "I vi ii V"}),
        ("takt=7/8 tonart=d phrygisch?? klavier", {"key": "D Phrygian"}),
        ("30ish bars, cello", {"bars": 30}),
        ("泰勒曼三十几小节，竖笛", {"bars": 30}),
        ("achttaktiges Thema für Klarinette", {"bars": 8}),
        ("2:30 min Serenade für Bläserquintett", {"seconds": 150}),
        ("1 Min. 20, Flöte und Harfe", {"seconds": 80}),
        ("16分音符跑动，C大调，钢琴", {"seconds": None, "bars": None}),
        ("十二八拍吉格", {"metre": "12/8"}),
        ("bpm ca. 88, Habanera", {"tempo": 88}),
    ],
)
def test_values_are_read_however_they_are_written(words, what):
    wishes = read(words)
    assert wishes.sort == "request"
    named = {"key": wishes.key.name if wishes.key else "None"}
    assert {name: str(named.get(name, getattr(wishes, name))) for name in what} == {
        name: str(value) for name, value in what.items()
    }


@pytest.mark.parametrize(
    "words",
    [
        "I saw a Mozart concert yesterday",
        "my cello teacher is ill",
        "I need a new bow for my violin",
        "I need to practice my etudes",
        "the neighbours play waltzes all night",
        "Bach was German, right?",
        "Schubert died at 31",
        "happy birthday Anna!",
        "good evening folks",
        "unser Chor probt wieder donnerstags",
        "Gestern Mahler 5 gehört, ich bin noch ganz weg",
        "zu laut und viel zu hektisch",
        "Bitte lösch mein letztes Stück",
        "昨晚去聽了馬勒,超感動",
        "做一首要等多久啊",
        "这首夜曲真好听",
        "能不能把上一首删掉",
        "肖邦和李斯特谁更厉害?",
    ],
)
def test_nothing_is_composed_from_what_people_tell_each_other(words):
    assert read(words).sort not in ("request", "near")


@pytest.mark.parametrize(
    "words",
    [
        "Rain on a window. She reads the letter. Solo pno, sparse, Satie-ish, 1'30\"",
        "Hello, I am student from Brasil, I want one choro for flute and guitar, is possible?",
        "my teacher says i need a piece in G maj for pno, 16 bars",
        "Monteverdi madrigal but played on viols",
        "Es soll in Es sein. Es eilt. Oboe, Klavier.",
        "除了肖邦谁都行,钢琴夜曲",
        "surprise me, but not another waltz",
    ],
)
def test_a_wish_may_stand_beside_a_story(words):
    assert read(words).sort == "request"


@pytest.mark.parametrize(
    ("words", "composer", "instrumentation"),
    [
        ("waltz for violin and piano like Verdi", "Faure, Gabriel", "Chamber"),  # of his time, and for such players
        ("string quartet in the style of Wagner", "Mendelssohn, Felix", "Chamber"),
        ("stravinsky for string quartet", "Shostakovich, Dmitry", "Chamber"),
        ("symphony like Bruckner", "Brahms, Johannes", "Orchestral"),
    ],
)
def test_the_nearest_to_somebody_we_lack_is_of_his_country_or_time_and_wrote_for_such_players(
    words, composer, instrumentation
):
    style = read(words).style
    assert (style.composer, style.instrumentation) == (composer, instrumentation)


def test_a_word_is_a_work_where_its_composer_stands_beside_it():
    assert [part.value for part in read("像《月光》,但是德彪西那首").parts if part.kind == "work"] == ["clair_de_lune"]
    assert read("moonlight, violin").part("work") is None
    assert read("下雪的夜晚,钟琴和竖琴").part("work") is None


def test_everyday_words_are_no_misspelt_names_and_words_of_one_language_are_none_of_another():
    assert read("please write something for the death of my cat, cello").players == ("cello", "piano")
    assert read("I need a grade 3 piece: piano, andantino").tempo == 90
    assert read("gestern war Konzert, schreib mir bitte ein Klavierstück").moods == ()


def test_reading_takes_no_time_to_speak_of():
    words = [
        "Ich hätte gern ein Nocturne wie von Field, in Ces-Dur – ja, wirklich Ces",
        "a sad waltz for violin and piano",
    ]
    for each in words:
        read(each)  # what is looked up once
    began = process_time()
    for _ in range(5):
        for each in words:
            read(each)
    assert (process_time() - began) / 10 < 0.1  # generous: measured on a quiet machine it is below 0.01


@pytest.mark.parametrize(
    ("words", "sort"),
    [
        ("no", "nod"),
        ("yes please", "nod"),
        ("nein", "nod"),
        ("不", "nod"),
        ("好的", "nod"),
        ("good night", "farewell"),
        ("gute Nacht", "farewell"),
        ("晚安", "farewell"),
        ("What can you do?", "about"),
        ("hi, who are you?", "about"),
        ("was kannst du?", "about"),
        ("你会什么", "about"),
        ("你會什麼", "about"),
        ("delete it", "press"),
        ("lösch das", "press"),
        ("取消", "press"),
        ("can you send me the PDF?", "press"),
        ("cool!", "thanks"),
    ],
)
def test_yes_no_questions_about_us_and_what_buttons_do_are_told_apart(words, sort):
    for is_request in (True, False):
        assert read(words, is_request=is_request).sort == sort


@pytest.mark.parametrize(
    "words", ["a good night lullaby", "music to stop crying", "a pdf of a sad waltz", "no piano, a cello"]
)
def test_the_same_words_within_a_wish_are_a_wish(words):
    assert read(words, is_request=True).sort == "request"


@pytest.mark.parametrize(
    "words",
    [
        "give me five minutes",
        "need more coffee",
        "we need a third tenor for Sunday",
        "great job on the fugue",
        "lovely waltz!",
        "he plays second fiddle to his boss",
        "I'd like to know who wrote Für Elise",
        "Ich möchte Klavier lernen",
        "Suche Schlagzeuger für unsere Band",
        "Danke für den Walzer, Oma hat geweint",
        "noch jemand Kuchen?",
        "我想学钢琴",
        "给我五分钟",
        "海顿写了104首交响曲",
        "第二小提琴第五小节有错音",
    ],
)
def test_learning_selling_praising_and_things_that_are_no_pieces_compose_nothing(words):
    assert read(words).sort != "request"


@pytest.mark.parametrize(
    ("words", "players"),
    [
        ('"Danny Boy" for brass quintet', ("trumpet", "trumpet", "horn", "trombone", "tuba")),
        ("mexican mariachi with two trumpets and violins", ("trumpet", "trumpet", "violin", "violin")),
        ("2 Blockflöten (Sopran + Alt), Gitarre", ("recorder", "recorder", "guitar")),
        ("Sonatine mit Alberti-Bass, Sologeige", ("violin",)),
        ("anthem, ATB, Tallis", ("alto", "tenor", "bass")),
        ("Trinklied für Bass und Klavier", ("bass", "piano")),
        ("Bartók, string quartet", ("violin", "violin", "viola", "cello")),
        ("ein Stück über einen verlorenen Handschuh. Fagott.", ("bassoon",)),
    ],
)
def test_players_are_found_behind_titles_sizes_and_words_that_only_hold_a_name(words, players):
    wishes = read(words)
    assert (wishes.sort, wishes.players) == ("request", players)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("1=bE 3/4 二胡", "Eb"),
        ("长号四重奏,庄严,降E", "Eb"),
        ("来段吉他,E弗里吉亚", "E phrygian"),
        ("Klavierstück für die linke Hand, Skrjabin, fis", "F#m"),
        ("Ländler, Klarinette in B und Akkordeon", None),
    ],
)
def test_keys_stand_alone_before_a_sign_and_behind_no_instrument(words, key):
    assert read(words).key == (parse_key(key) if key else None)


def test_a_composer_who_wrote_no_quartet_keeps_his_name_beside_the_quartet():
    wishes = read("Bartók, string quartet")
    assert wishes.style.surname == "Bartok"
    assert not wishes.apart
    assert read("Schumann, Lied, Tenor").part("composer").value == "Robert Schumann"


@pytest.mark.parametrize(
    ("words", "bars", "tempo", "note"),
    [
        ("a waltz, -3 bars", 3, None, ("limited", "-3 bars", "bars.3")),
        ("a waltz, 0 bars", 1, None, ("limited", "0 bars", "bars.1")),
        ("a waltz, bars=0", 1, None, ("limited", "bars=0", "bars.1")),
        ("ein Walzer, -5 Takte", 5, None, ("limited", "-5 Takte", "bars.5")),
        ("圆舞曲 0小节", 1, None, ("limited", "0小节", "bars.1")),
        ("a waltz at 5000 bpm", None, 300, ("limited", "at 5000 bpm", "tempo.300")),
        ("a waltz tempo=0", None, 20, ("limited", "tempo=0", "tempo.20")),
        ("a waltz, 50000 bars", 256, None, ("shortened", "", "64")),
        ("a waltz, 1,000 bars", 256, None, ("shortened", "", "64")),
        ("ein Walzer, 1.000 Takte", 256, None, ("shortened", "", "64")),
        ("a waltz, bars=-3", None, None, ("missed", "bars=-3", "")),
        ("a waltz in 17/3", None, None, ("missed", "in 17/3", "")),
        ("a waltz in 33/4 time", None, None, ("missed", "in 33/4 time", "")),
    ],
)
def test_a_number_that_cannot_be_is_never_lost_in_silence(words, bars, tempo, note):
    wishes = read(words, is_request=True)
    assert (wishes.bars, wishes.tempo) == (bars, tempo)
    assert note in [(each.kind, each.words, each.value) for each in notes_on(wishes, most_bars=64)]


@pytest.mark.parametrize("words", ["a waltz - 3 bars", "a waltz, 8-12 bars", "a waltz at 90 bpm", "a waltz in 3/4"])
def test_a_number_that_can_be_needs_no_word(words):
    notes = notes_on(read(words, is_request=True), most_bars=64)
    assert not [note for note in notes if note.kind in ("limited", "shortened", "missed")]
