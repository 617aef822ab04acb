"""What /styles and /about say: all of it, and true."""

import re

from tests.bot.commands.conftest import button, open_world


def labels(reply):
    return [each.label for row in reply.buttons for each in row]


async def test_styles_are_paged_through_to_the_last_one(still_world):
    page = (await still_world.say("/styles")).replies[0]
    known = still_world.services.catalogue.offered()
    seen, titles = [], []
    while True:
        titles.append(page.title)
        seen += [line for line in page.text.splitlines() if line.startswith("• ")]
        if "Next ▶" not in labels(page):
            break
        following = next(each for row in page.buttons for each in row if each.label == "Next ▶")
        page = (await still_world.press(following)).edits[0]
    assert len(seen) == len(set(seen)) == len(known)
    assert titles[0] == f"{len(known)} styles that I know well, page 1 of {len(titles)}"
    assert "◀ Back" in labels(page)
    assert button(page, "pick")


async def test_no_style_is_of_an_unknown_period(still_world):
    for style in still_world.services.catalogue.styles:
        assert style.era != "Unknown"
    for number in range(1, 9):
        page = await still_world.press(f"v1:styles::{number}")
        assert "nknown" not in page.edits[0].text


async def test_a_page_that_there_is_not_is_the_nearest_that_there_is(still_world):
    for argument in ("0", "999", "99999", "x"):
        page = (await still_world.press(f"v1:styles::{argument}")).edits[0]
        assert re.search(r"page \d of \d$", page.title)


async def test_about_says_whom_to_write_to(tmp_path):
    async with open_world(tmp_path, running=False, contact="music@example.org") as world:
        assert "music@example.org" in (await world.say("/about")).replies[0].text


async def test_words_that_no_style_could_mean_are_no_title_of_a_list(still_world):
    reply = (await still_world.say("/styles xyzzy")).replies[0]
    assert reply.text.startswith("I have nothing called “xyzzy”")
    assert (await still_world.say("/styles 四重奏")).replies[0].title == "Styles for “四重奏”"
