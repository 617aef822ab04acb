"""NotaGen's own way of writing a patch, to compare with.

`generator.evaluation.bench` times it, a test holds us to its numbers.

Promises: the algorithm of NotaGenLMHeadModel.generate (ElectricAlexis/NotaGen 4553cd7, inference/utils.py) on GPT-2
from transformers: the whole context is encoded again for every patch, each of the 16 characters runs the character
level from its start, and the filters work in numpy. Like NotaGen's it attends without a fused kernel and remembers
what a gradient would need (nobody tells it not to), so that it takes as long; `notagen.py` runs NotaGen's own code.
Not covered: one piece at a time, no end of patch, and no speed.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import GPT2Config, GPT2LMHeadModel, GPT2Model

from generator.model.network import HEAD_WIDTH, Shape
from generator.model.patches import BOS, PATCH_CHARS, VOCABULARY
from generator.model.sampling import Sampling

Probabilities = NDArray[np.float64]
# What the reference adds to every probability before it normalises.
EPSILON = 1e-12
# NotaGen's classes do not say that they know the fused one, so transformers gives them this.
ATTENTION = "eager"


class PatchLevel(nn.Module):
    """The reference's patch level: one-hot characters through one matrix into a GPT-2."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.patch_embedding = nn.Linear(PATCH_CHARS * VOCABULARY, shape.hidden)
        config = config_of(shape.patch_layers, shape.hidden, shape.context_patches, vocabulary=1)
        config._attn_implementation = ATTENTION
        self.base = GPT2Model(config)

    def forward(self, patches: Tensor) -> Tensor:
        """patches (1, N, 16) int64 → (1, N, H)."""
        one_hot = F.one_hot(patches, VOCABULARY).flatten(2).to(self.patch_embedding.weight.dtype)
        encoded: Tensor = self.base(inputs_embeds=self.patch_embedding(one_hot)).last_hidden_state
        return encoded


class CharLevel(nn.Module):
    """The reference's character level: a GPT-2 that starts from a patch's vector."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        config = config_of(shape.char_layers, shape.hidden, PATCH_CHARS + 1, vocabulary=VOCABULARY)
        config._attn_implementation = ATTENTION
        self.base = GPT2LMHeadModel(config)

    def forward(self, encoded: Tensor, chars: Tensor) -> Tensor:
        """encoded (H,), chars (n,) int64 beginning with BOS → probabilities (128,) of the next character."""
        inputs = F.embedding(chars[None], self.base.transformer.wte.weight)
        inputs = torch.cat((encoded.view(1, 1, -1), inputs[:, 1:]), dim=1)
        logits: Tensor = self.base(inputs_embeds=inputs).logits
        return logits[0, -1].softmax(-1)


class Reference(nn.Module):
    """Both levels, with NotaGen's names of tensors."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.patch_level_decoder = PatchLevel(shape)
        self.char_level_decoder = CharLevel(shape)
        self.eval()

    def write_patch(self, patches: Tensor, *, sampling: Sampling, rng: np.random.Generator) -> list[int]:
        """The next patch after patches (1, N, 16): always 16 characters, whatever stands among them."""
        encoded = self.patch_level_decoder(patches)[0, -1]
        chars = torch.tensor([BOS], device=patches.device)
        written: list[int] = []
        while len(written) < PATCH_CHARS:
            probabilities = self.char_level_decoder(encoded, chars).detach().double().cpu().numpy()
            filtered = filter_probabilities(probabilities, sampling)
            written.append(int(rng.choice(VOCABULARY, p=filtered)))
            chars = torch.cat((chars, chars.new_tensor(written[-1:])))
        return written


def config_of(layers: int, hidden: int, positions: int, *, vocabulary: int) -> GPT2Config:
    """The sizes of one level, everything else as GPT-2 has it."""
    # Without the tokens of GPT-2's own vocabulary, about which transformers would complain.
    return GPT2Config(
        n_layer=layers,
        n_embd=hidden,
        n_head=hidden // HEAD_WIDTH,
        n_positions=positions,
        vocab_size=vocabulary,
        bos_token_id=None,
        eos_token_id=None,
    )


def filter_probabilities(probabilities: Probabilities, sampling: Sampling) -> Probabilities:
    """Top-k, then top-p, then temperature on (128,), as the package `samplings` 0.1.7 does it."""
    if sampling.top_k:
        order = np.argsort(probabilities)[::-1]
        probabilities = probabilities.copy()
        probabilities[order[sampling.top_k :]] = 0
        probabilities = normalise(probabilities)
    if sampling.top_p < 1:
        order = np.argsort(probabilities)[::-1]
        totals = np.cumsum(probabilities[order])
        probabilities = probabilities.copy()
        probabilities[order[int(np.argmax(totals >= sampling.top_p)) + 1 :]] = 0
        probabilities = normalise(probabilities)
    tempered: Probabilities = np.power(probabilities, 1 / sampling.temperature)
    return normalise(tempered)


def normalise(probabilities: Probabilities) -> Probabilities:
    """Make them sum to 1, leaving the reference's trace on every character."""
    traced: Probabilities = probabilities + EPSILON
    total = float(traced.sum())
    return traced / total
