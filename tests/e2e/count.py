"""What came of something that people did together while the bot was killed again and again."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Count:
    """lost, doubled, wrong: see the module that counts. in_words: messages in whose place a word stands."""

    platform: str
    kills: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    in_words: int = 0
    took_s: float = 0.0

    def line(self) -> str:
        return (
            f"{self.platform:<9} {self.done}, {self.kills} kills, {self.took_s:.0f} s: "
            f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.wrong)} wrong, "
            f"{self.in_words} messages replaced by a word"
        )

    @property
    def done(self) -> str:
        """What people did, in words."""
        raise NotImplementedError

    @property
    def clean(self) -> bool:
        """Nothing lost, doubled or wrong."""
        return not (self.lost or self.doubled or self.wrong)
