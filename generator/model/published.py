"""The weights that the makers of NotaGen publish on the Hugging Face hub.

Promises: what is fetched once is found again in the hub's cache, also without a network connection.
Not covered: reading the file (`checkpoint.py`). The files are 1 to 6 GB; nothing is fetched unless asked for.
"""

from pathlib import Path

import huggingface_hub
from huggingface_hub.errors import (
    EntryNotFoundError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)

from generator.errors import CheckpointError

REPOSITORY = "ElectricAlexis/NotaGen"
# Short names, as in NotaGen's README; p_length is the context in patches.
PUBLISHED = {
    "notagen-small": "weights_notagen_pretrain_p_size_16_p_length_2048_p_layers_12_c_layers_3_h_size_768"
    "_lr_0.0002_batch_8.pth",
    "notagen-medium": "weights_notagen_pretrain_p_size_16_p_length_2048_p_layers_16_c_layers_3_h_size_1024"
    "_lr_0.0001_batch_4.pth",
    "notagen-large": "weights_notagen_pretrain_p_size_16_p_length_1024_p_layers_20_c_layers_6_h_size_1280"
    "_lr_0.0001_batch_4.pth",
    "notagen-rl": "weights_notagen_pretrain-finetune-RL3_beta_0.1_lambda_10_p_size_16_p_length_1024_p_layers_20"
    "_c_layers_6_h_size_1280_lr_1e-06_batch_1.pth",
    "notagen-x": "weights_notagenx_p_size_16_p_length_1024_p_layers_20_h_size_1280.pth",
}


def fetch_published(
    name: str, *, repo_id: str = REPOSITORY, revision: str | None = None, cache_dir: Path | None = None
) -> Path:
    """Path of a published file on this machine, fetched if it is not there yet.

    name: a short name ("notagen-x") or the name of a file in the repository. revision: branch, tag or commit.
    Raises CheckpointError if it does not exist or cannot be reached.
    """
    filename = PUBLISHED.get(name, name)
    try:
        return Path(huggingface_hub.hf_hub_download(repo_id, filename, revision=revision, cache_dir=cache_dir))
    except LocalEntryNotFoundError as error:
        raise CheckpointError(
            f"{filename} is not on this machine and {repo_id} cannot be reached. Connect and try again."
        ) from error
    except (EntryNotFoundError, RepositoryNotFoundError, HFValidationError) as error:
        known = ", ".join(PUBLISHED)
        raise CheckpointError(f"There is no {filename} in {repo_id}. Known names: {known}.") from error
    except OSError as error:  # what the connection raises, HfHubHTTPError included
        raise CheckpointError(f"{filename} could not be fetched from {repo_id}. Try again later.") from error
