import pytest

from generator.training.prepare.licences import licence_tier


@pytest.mark.parametrize(
    "licence",
    ["CC0-1.0", "Public domain", "CC BY 4.0", "CC-BY-SA-4.0", "Creative Commons Attribution 4.0", "MIT", "ECL-2.0"],
)
def test_what_everybody_may_use_is_permissive(licence: str) -> None:
    assert licence_tier(licence) == "permissive"


@pytest.mark.parametrize(
    "licence", ["CC BY-NC 4.0", "CC-BY-NC-SA-4.0", "CC BY-ND", "all rights reserved", "private", "", "who knows"]
)
def test_everything_else_is_other(licence: str) -> None:
    assert licence_tier(licence) == "other"
