"""The catalogue as it ships: what words find, what they do not, and that nothing makes it stumble."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts import explain, languages, style_name
from config.files import load_toml
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.presets import Presets
from generator.catalogue.style import Style
from generator.errors import BadRequest, UnknownStyle
from generator.model.published import PUBLISHED
from tests.refusals import refuses

CATALOGUE = load_catalogue()


def answer(words):
    """The style found, or the message and suggestions of the refusal."""
    try:
        return CATALOGUE.find(words)
    except UnknownStyle as error:
        return explain(error), error.suggestions


def refused(words):
    with pytest.raises(UnknownStyle) as error:
        CATALOGUE.find(words)
    return error.value


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("chopin keyboard", "Chopin keyboard"),
        ("Chopin piano", "Chopin keyboard"),
        ("CHOPIN, Frederic / Keyboard", "Chopin keyboard"),
        ("Bach choral", "Bach choral"),
        ("bach chorale", "Bach choral"),
        ("J.S. Bach harpsichord", "Bach keyboard"),
        ("string quartet haydn", "Haydn chamber"),
        ("schubert lied", "Schubert art song"),
        ("schubert lied/art song", "Schubert art song"),
        ("franz schubert", "Schubert art song"),
        ("fanny mendelssohn", "Hensel art song"),
        ("mendelssohn string quartet", "Mendelssohn chamber"),
        ("bach for choir and orchestra", "Bach vocal-orchestral"),
        ("beethoven symphony", "Beethoven orchestral"),
        ("something like a nocturne by Chopin, please", "Chopin keyboard"),
        ("Streichquartett von Mozart", "Mozart chamber"),
        ("Romantic_Chopin, Frederic_Keyboard", "Chopin keyboard"),
    ],
)
def test_words_of_a_composer_and_instruments_find_the_style(words, name):
    assert CATALOGUE.find(words).name == name


@pytest.mark.parametrize(
    ("words", "composer"),
    [
        ("柴可夫斯基", "Tchaikovsky, Pyotr"),
        ("柴可夫司基", "Tchaikovsky, Pyotr"),
        ("肖邦 键盘", "Chopin, Frederic"),
        ("肖邦键盘", "Chopin, Frederic"),
        ("蕭邦鋼琴", "Chopin, Frederic"),
        ("贝多芬的弦乐四重奏", "Beethoven, Ludwig van"),
        ("克拉拉·舒曼", "Schumann, Clara"),
        ("Чайковский оркестр", "Tchaikovsky, Pyotr"),
        ("ショパン", "Chopin, Frederic"),
        ("tschaikowsky orchestra", "Tchaikovsky, Pyotr"),
        ("Dvořák", "Dvorak, Antonin"),
        ("Fauré", "Faure, Gabriel"),
        ("Saint-Saëns", "Saint-Saens, Camille"),
        ("saint saens", "Saint-Saens, Camille"),
        ("Händel", "Handel, George Frideric"),
        ("Haendel", "Handel, George Frideric"),
        ("Żeleński", "Zelenski, Wladyslaw"),
        ("rachmaninov", "Rachmaninoff, Sergei"),
    ],
)
def test_composers_are_known_by_their_names_in_other_languages_and_scripts(words, composer):
    assert CATALOGUE.find(words).composer == composer


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("chpoin keybord", "Chopin keyboard"),
        ("bethovn simphony", "Beethoven orchestral"),
        ("motzart quator", "Mozart chamber"),
        ("debusy pianno", "Debussy keyboard"),
        ("shubert art sogn", "Schubert art song"),
        ("chopins nocturnes", "Chopin keyboard"),
        ("rach keyboard", "Rachmaninoff keyboard"),
        ("tchaik orch", "Tchaikovsky orchestral"),
    ],
)
def test_misspelt_words_find_what_was_meant(words, name):
    assert CATALOGUE.find(words).name == name


@pytest.mark.parametrize("word", ["romantic", "baroque", "classical", "renaissance", "浪漫", "Barock"])
def test_a_period_alone_finds_one_of_its_styles(word):
    period = {"浪漫": "Romantic", "Barock": "Baroque"}.get(word, word.capitalize())
    assert CATALOGUE.find(word).period == period


def test_a_composer_alone_finds_what_our_scores_cover_best_and_then_what_notagen_lists_first():
    assert CATALOGUE.find("chopin").instrumentation == "Keyboard"
    assert CATALOGUE.find("schumann").name == "Robert Schumann art song"
    assert CATALOGUE.find("bach").instrumentation == "Keyboard"
    uncovered = next(style for style in CATALOGUE.styles if not any(map(CATALOGUE.pieces, same_composer(style))))
    assert CATALOGUE.find(uncovered.composer) == same_composer(uncovered)[0]


def same_composer(style):
    """All styles of a composer in the order of the list."""
    return [other for other in CATALOGUE.styles if other.composer == style.composer]


@pytest.mark.parametrize("composer", ["beethoven", "mozart", "brahms"])
def test_a_composers_name_alone_asks_for_no_orchestra(composer):
    assert "rchestral" not in CATALOGUE.find(composer).instrumentation
    assert CATALOGUE.find(f"{composer} orchestra").instrumentation == "Orchestral"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("piano", "Chopin keyboard"),
        ("classical piano", "Mozart keyboard"),
        ("string quartet", "Haydn chamber"),
        ("chorale", "Bach choral"),
        ("waltz", "Chopin keyboard"),
        ("guitar waltz", "Giuliani guitar"),
        ("ragtime", "Joplin keyboard"),
        ("violin sonata", "Wieniawski chamber"),
        ("polish folk song", "Anonymous Polish art song"),
        ("french song", "Holmes art song"),
    ],
)
def test_without_a_composer_one_known_for_it_is_found(words, name):
    assert CATALOGUE.find(words).name == name


def test_a_surname_goes_before_a_given_name():
    assert CATALOGUE.find("franz").composer == "Franz, Robert"
    assert CATALOGUE.find("franz keyboard").composer in ("Liszt, Franz", "Schubert, Franz")


@pytest.mark.parametrize("style", CATALOGUE.styles, ids=lambda style: style.name)
def test_every_style_is_found_by_its_own_names(style):
    assert CATALOGUE.find(style.name) == style
    for language in languages():
        assert CATALOGUE.find(style_name(style, language)) == style
    assert CATALOGUE.find(f"{style.period} {style.composer} {style.instrumentation}") == style


@pytest.mark.parametrize(
    ("words", "said", "suggested"),
    [
        ("bach guitar", "There is no guitar style of Bach.", {"Bach choral", "Giuliani guitar"}),
        ("chopin orchestral", "There is no orchestral style of Chopin.", {"Chopin keyboard", "Beethoven orchestral"}),
        ("chopin orchestral choir", "There is no vocal-orchestral style of Chopin.", {"Chopin keyboard"}),
        (
            "vivaldi string quartet",
            "There is no string quartet style of Vivaldi.",
            {"Vivaldi chamber", "Haydn chamber"},
        ),
        ("baroque chopin", "Baroque and Chopin do not go together.", {"Chopin keyboard"}),
        ("bach mozart", "Bach and Mozart do not go together.", {"Bach choral", "Mozart chamber"}),
        ("bach keyboard chopin", "Bach, keyboard and Chopin do not go", {"Bach keyboard", "Chopin keyboard"}),
    ],
)
def test_what_does_not_go_together_is_said_with_the_nearest_that_does(words, said, suggested):
    error = refused(words)
    assert said in explain(error)
    assert suggested <= {style.name for style in error.suggestions}
    assert error.words == words


def test_an_unknown_word_is_named_and_not_passed_over():
    error = refused("chopin banjo")
    assert "banjo" in explain(error)
    assert error.suggestions[0].name == "Chopin keyboard"


@pytest.mark.parametrize("words", ["", "   ", "🎹🎵", "the a of", "\x00\n", "asdf qwerty", "1234", "?!", "的", "kazoo"])
def test_words_without_meaning_are_answered_with_popular_styles(words):
    error = refused(words)
    assert error.suggestions == CATALOGUE.popular(3)
    assert all(style.name in explain(error) for style in error.suggestions)


def test_endless_words_are_quoted_short():
    error = refused("x" * 10_000)
    assert len(explain(error)) < 300
    assert CATALOGUE.find("chopin " * 2_000).composer == "Chopin, Frederic"
    assert CATALOGUE.find("莫扎特 " * 2_000).composer == "Mozart, Wolfgang Amadeus"


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["chopin", "bach", "键盘", "guitar", "小", "🎻", "romantic", "qu", "von", "/"])).map(
        " ".join
    )
)
def test_any_text_finds_a_style_or_is_refused_with_suggestions_and_always_the_same(words):
    found = answer(words)
    assert found == answer(words)
    if not isinstance(found, Style):
        message, suggestions = found
        assert suggestions
        assert message.isprintable()
    assert CATALOGUE.suggest(words, limit=4)


def test_every_suggestion_is_a_style_that_can_be_asked_for():
    for words in ("bach guitar", "asdf", "chopin banjo", "vivaldi string quartet", "ragtime choir"):
        for style in refused(words).suggestions:
            assert CATALOGUE.find(style.name) == style


def test_suggestions_for_an_instrumentation_are_all_of_it_and_the_best_covered_come_first():
    suggested = CATALOGUE.suggest("guitar", limit=10)
    assert {style.instrumentation for style in suggested} == {"Guitar"}
    counts = [CATALOGUE.pieces(style) for style in suggested]
    assert counts == sorted(counts, reverse=True)


def test_the_lists_lead_from_period_to_composer_to_instrumentation_and_reach_every_style():
    reached = {
        Style(period, composer, instrumentation)
        for period in CATALOGUE.periods()
        for composer in CATALOGUE.composers(period)
        for instrumentation in CATALOGUE.instrumentations(period, composer)
    }
    assert reached == set(CATALOGUE.styles)
    assert CATALOGUE.periods()[:3] == ("Baroque", "Classical", "Romantic")
    assert CATALOGUE.composers("nonsense") == CATALOGUE.instrumentations("Baroque", "Chopin, Frederic") == ()


def test_all_of_notagens_list_is_there_in_its_spelling_and_order():
    notagen = [style for style in CATALOGUE.styles if style.origin == "notagen"]
    assert len(notagen) == 112
    assert notagen[0].prompt_lines == ("%Baroque\n", "%Bach, Johann Sebastian\n", "%Chamber\n")
    assert notagen[-1] == Style("Romantic", "Zumsteeg, Emilie", "Art Song")
    assert Style("Romantic", "Chopin, Frederic", "Keyboard") in notagen
    assert all("".join(style.prompt_lines).isascii() for style in CATALOGUE.styles)


def test_names_and_file_names_tell_all_styles_apart():
    assert len({style.name for style in CATALOGUE.styles}) == len(CATALOGUE.styles)
    slugs = {(style.composer_slug, style.instrumentation_slug) for style in CATALOGUE.styles}
    assert len(slugs) == len(CATALOGUE.styles)
    assert all(part.replace("_", "").isalnum() and part.isascii() for slug in slugs for part in slug)
    clara = CATALOGUE.find("clara schumann")
    assert (clara.composer_slug, clara.instrumentation_slug) == ("clara_schumann", "art_song")


def test_every_composer_and_instrumentation_has_a_chinese_name():
    for style in CATALOGUE.styles:
        assert all(part and not part.isascii() for part in style.names["zh"]), style
    assert style_name(CATALOGUE.find("chopin piano"), "zh") == "肖邦 键盘"
    assert style_name(CATALOGUE.find("chopin piano"), "en") == "Chopin keyboard"


def test_every_composer_is_listed_once_for_each_period():
    composers = [(entry["period"], entry["name"]) for entry in load_toml("styles.toml")["composers"]]
    assert len(set(composers)) == len(composers)


def test_the_preset_is_the_styles_own_unless_a_temperament_is_named():
    chopin, schubert, chorale = map(CATALOGUE.find, ("chopin keyboard", "schubert keyboard", "bach choral"))
    values = {"top_k": 0, "top_p": 1.0}
    presets = Presets(
        {
            "temperaments": {"default": {"temperature": 1.0, **values}, "wild": {"temperature": 1.5, **values}},
            "families": {"keyboard": {"temperature": 1.1, **values}},
            "styles": {"Romantic / Chopin, Frederic / Keyboard": {"temperature": 1.2, **values}},
        }
    )
    assert [presets.choose(style, None).temperature for style in (chopin, schubert, chorale)] == [1.2, 1.1, 1.0]
    assert presets.choose(chopin, "wild").temperature == 1.5


def test_temperaments_grow_more_daring_and_others_are_refused():
    chopin = CATALOGUE.find("chopin keyboard")
    names = ("conservative", "default", "adventurous", "wild")
    temperatures = [CATALOGUE.preset(chopin, name).temperature for name in names]
    assert temperatures == sorted(set(temperatures))
    with refuses(BadRequest, match="conservative, default, adventurous, wild"):
        CATALOGUE.preset(chopin, "mad")


def test_a_style_is_known_from_ten_pieces_on_and_all_are_to_published_weights(tmp_path):
    chopin, debussy = CATALOGUE.find("chopin keyboard"), CATALOGUE.find("debussy keyboard")
    assert CATALOGUE.knows(chopin)
    assert 0 < CATALOGUE.pieces(debussy) < 10
    assert not CATALOGUE.knows(debussy)
    assert debussy not in CATALOGUE.offered()
    assert CATALOGUE.offered([debussy]) == (debussy,), "somebody who has chosen is not left with nothing"
    published = load_catalogue(tmp_path / PUBLISHED["notagen-x"].file)
    assert published.knows(debussy)


def test_the_style_of_nobody_says_in_all_languages_who_plays():
    style = CATALOGUE.complete(Style("", "", "Keyboard"))
    named = {language: style_name(style, language) for language in languages()}
    known = {language: CATALOGUE.find("chopin keyboard").instrumentation_in(language) for language in languages()}
    assert named == known
    assert named["zh"] == "键盘"
