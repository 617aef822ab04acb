import pytest

from bot.chat.messages import CALLBACK_BYTES, Action, Address
from bot.errors import BadInput
from bot.texts import language_of
from tests.refusals import refuses


@pytest.mark.parametrize(
    "action", [Action("again", "k3f9abcd"), Action("pick", argument="2-14-0"), Action("more", "a" * 20, "x" * 28)]
)
def test_an_action_survives_its_way_through_a_button(action: Action) -> None:
    text = action.encode()
    assert len(text.encode()) <= CALLBACK_BYTES
    assert Action.decode(text) == action


@pytest.mark.parametrize(
    "text", ["", "v1", "v2:again:k3f9", "v1:AGAIN:k3f9", "v1:again:../etc", "v1:again:k3f9:" + "x" * 60, "v1:again:k\n"]
)
def test_what_we_did_not_write_is_refused(text: str) -> None:
    with refuses(BadInput, match="not one of ours"):
        Action.decode(text)


def test_an_action_that_could_not_be_read_again_is_not_written() -> None:
    with pytest.raises(ValueError, match="not an action"):
        Action("again", "K3F9").encode()


def test_an_address_survives_storage() -> None:
    address = Address("discord", "7", "30", guild="20", token="t", token_expires=1.5, file_limit=10)
    assert Address.from_json(address.to_json()) == address


@pytest.mark.parametrize(
    ("tag", "language"), [("zh-CN", "zh"), ("zh_TW", "zh-hant"), ("en-GB", "en"), ("fr", "en"), (None, "en")]
)
def test_the_language_follows_the_client(tag: str | None, language: str) -> None:
    assert language_of(tag) == language
