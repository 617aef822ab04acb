"""The weights that the makers of NotaGen publish, by short names: `NOTABOT_WEIGHTS=notagen-x`.

Not covered: fetching them (`fetching.py`) and reading them (`checkpoint.py`). The files are 1 to 6 GB.
"""

from dataclasses import dataclass
from pathlib import Path

REPOSITORY = "ElectricAlexis/NotaGen"


@dataclass(frozen=True)
class Published:
    """One file of the repository. prompted: whether the network was taught prompts of period, composer, instruments."""

    name: str
    file: str
    prompted: bool = True

    @property
    def remark(self) -> str:
        """What somebody who composes with it has to know; "" if there is nothing."""
        if self.prompted:
            return ""
        return (
            f"{self.name} was pre-trained only and knows no styles: a style decides voices, key and metre, "
            "not the music. notagen-x knows styles."
        )


# Short names as in NotaGen's README; p_length in the names of files is the context in patches.
PUBLISHED = {
    one.name: one
    for one in (
        Published(
            "notagen-small",
            "weights_notagen_pretrain_p_size_16_p_length_2048_p_layers_12_c_layers_3_h_size_768_lr_0.0002_batch_8.pth",
            prompted=False,
        ),
        Published(
            "notagen-medium",
            "weights_notagen_pretrain_p_size_16_p_length_2048_p_layers_16_c_layers_3_h_size_1024_lr_0.0001_batch_4.pth",
            prompted=False,
        ),
        Published(
            "notagen-large",
            "weights_notagen_pretrain_p_size_16_p_length_1024_p_layers_20_c_layers_6_h_size_1280_lr_0.0001_batch_4.pth",
            prompted=False,
        ),
        Published(
            "notagen-rl",
            "weights_notagen_pretrain-finetune-RL3_beta_0.1_lambda_10_p_size_16_p_length_1024_p_layers_20"
            "_c_layers_6_h_size_1280_lr_1e-06_batch_1.pth",
        ),
        Published("notagen-x", "weights_notagenx_p_size_16_p_length_1024_p_layers_20_h_size_1280.pth"),
    )
}


def published_named(weights: Path | str | None) -> Published | None:
    """The published weights of that short name ("NotaGen-X", "notagen_x"), None for anything else."""
    return PUBLISHED.get(str(weights).lower().replace("_", "-"))


def published_in(weights: Path | None) -> Published | None:
    """The published weights that this file holds, told by its name, wherever it came from; None for another file."""
    if weights is None:
        return None
    return next((one for one in PUBLISHED.values() if one.file == weights.name), None)
