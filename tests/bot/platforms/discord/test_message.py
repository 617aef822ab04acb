"""What a reply becomes on Discord."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.messages import Action, Button, Reply
from bot.platforms.discord.message import build_message, escape

from .conftest import NAME, result


def test_a_sentence_is_plain_text_without_markup_or_mentions():
    data = build_message(Reply("**loud** @everyone <@123> [click](http://x.y)")).data
    assert data["content"] == "\\*\\*loud\\*\\* @\u200beveryone \\<@123> \\[click](http://x.y)"
    assert data["allowed_mentions"] == {"parse": [], "users": []}
    assert data["embeds"] == []


def test_a_result_is_an_embed_with_the_page_and_all_files_described():
    message = build_message(result())
    (embed,) = message.data["embeds"]
    assert embed["title"] == "Nocturne in A minor"
    assert embed["image"] == {"url": f"attachment://{NAME}_p1.png"}
    assert [name for name, _, _ in message.files] == [
        f"{NAME}{end}" for end in ("_p1.png", ".mp3", ".mid", ".xml", ".abc")
    ]
    assert message.data["attachments"][0]["description"] == "Page 1 of a piece for piano"
    assert "flags" not in message.data


def test_several_pages_are_an_album():
    embeds = build_message(result(pages=3)).data["embeds"]
    assert [embed["image"]["url"] for embed in embeds] == [f"attachment://{NAME}_p{page}.png" for page in (1, 2, 3)]
    assert len({embed["url"] for embed in embeds}) == 1
    assert "title" not in embeds[0]  # it would be a link
    assert embeds[0]["description"].startswith("**Nocturne in A minor**\n")


def test_a_message_replaces_all_of_the_one_before():
    assert build_message(Reply("short")).data.keys() == build_message(result()).data.keys()


def test_only_the_one_person_is_called():
    data = build_message(Reply("@here done <@5>"), mention="77").data
    assert data["content"].startswith("<@77> ")
    assert data["allowed_mentions"] == {"parse": [], "users": ["77"]}


def test_long_rows_are_broken_and_doubled_buttons_left_out():
    buttons = [Button(f"button {number}" * 20, Action("pick", str(number))) for number in range(7)]
    rows = build_message(Reply("choose", buttons=[buttons, buttons[:1]])).data["components"]
    assert [len(row["components"]) for row in rows] == [5, 2]
    assert all(len(button["label"]) <= 80 for row in rows for button in row["components"])


@settings(max_examples=200)
@given(st.text(max_size=5000), st.text(max_size=600))
def test_any_text_keeps_discord_s_limits(text, title):
    data = build_message(Reply(text, title=title)).data
    assert len(data["content"]) <= 2000
    for embed in data["embeds"]:
        assert len(embed.get("title", "")) <= 256
        assert len(embed.get("description", "")) <= 4096


def test_an_escaped_bracket_is_escaped_once():
    """A second backslash would make the first one visible and the bracket live again."""
    assert escape("[a](b)") == "\\[a](b)"
    assert escape("\\[a](b)") == "\\\\\\[a](b)"


def test_signs_that_begin_a_line_are_no_markup_and_addresses_stay():
    assert escape("# A\n> b\n  - c - d") == "\\# A\n\\> b\n  \\- c - d"
    assert escape("see https://example.org/a_b_c, ok_") == "see https://example.org/a_b_c, ok\\_"


@given(st.text(alphabet="@everyon<>&!#:_*`|~[]()-\\ 0123456789", max_size=60))
def test_no_text_becomes_a_mention(text):
    escaped = escape(text)
    assert "@everyone" not in escaped
    assert escaped.replace("\\\\", "").count("<") == escaped.replace("\\\\", "").count("\\<")
