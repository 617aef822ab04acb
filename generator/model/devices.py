"""Where a network runs: a name from a person, checked before anything slow begins."""

import torch

from generator.errors import BadRequest


def find_device(name: torch.device | str) -> torch.device:
    """The device of that name: "cpu", "cuda", "cuda:1", "mps". Raises BadRequest if there is none here."""
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:  # what torch raises without its driver
        raise BadRequest(reason="device", name=name) from error
    return device
