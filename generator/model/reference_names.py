"""NotaGen's names of tensors, translated to ours.

Source: ElectricAlexis/NotaGen 4553cd7, inference/utils.py, whose levels are `GPT2Model` and `GPT2LMHeadModel` of
transformers. Their Conv1D keeps a matrix as (in, out), nn.Linear as (out, in), so matrices are turned over.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

PATCH_LEVEL = "patch_level_decoder."
CHAR_LEVEL = "char_level_decoder."
STACKS = {f"{PATCH_LEVEL}base.": "patch_level", f"{CHAR_LEVEL}base.transformer.": "char_level"}
MODULES = {
    "ln_1": "attention_norm",
    "attn.c_attn": "qkv",
    "attn.c_proj": "attention_out",
    "ln_2": "mlp_norm",
    "mlp.c_fc": "mlp_in",
    "mlp.c_proj": "mlp_out",
}
# Masks that older versions of transformers stored with the weights.
BUFFERS = (".attn.bias", ".attn.masked_bias")
CHAR_TABLE = f"{CHAR_LEVEL}base.transformer.wte.weight"
CHAR_HEAD = f"{CHAR_LEVEL}base.lm_head.weight"
# GPT2Model brings a table of words, which the patch level never looks at.
UNUSED = (f"{PATCH_LEVEL}base.wte.weight", CHAR_HEAD)


def is_reference(tensors: Mapping[str, Tensor]) -> bool:
    """Whether the names are NotaGen's."""
    return any(name.startswith((PATCH_LEVEL, CHAR_LEVEL)) for name in tensors)


def rename_reference(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors under our names, matrices turned over where the layout differs, as float32 copies.

    Names that are not NotaGen's are kept, so that building the network complains about them.
    """
    renamed = {}
    for name, tensor in tensors.items():
        if name in UNUSED or name.endswith(BUFFERS):
            continue
        new_name, turned = _translate(name)
        renamed[new_name] = (tensor.T if turned else tensor).to(torch.float32, copy=True).contiguous()
    # The head of the published networks is the table itself; one that is not would be another architecture.
    head = tensors.get(CHAR_HEAD)
    if head is not None and CHAR_TABLE in tensors and not torch.equal(head, tensors[CHAR_TABLE]):
        renamed[CHAR_HEAD] = head
    return renamed


def _translate(name: str) -> tuple[str, bool]:
    """NotaGen's name of a tensor → ours, and whether the matrix has to be turned over."""
    whole = {
        f"{PATCH_LEVEL}patch_embedding.weight": ("patch_table", True),
        f"{PATCH_LEVEL}patch_embedding.bias": ("patch_bias", False),
        CHAR_TABLE: ("char_table", False),
    }
    if name in whole:
        return whole[name]
    for prefix, level in STACKS.items():
        if name.startswith(prefix):
            return _translate_in_stack(level, name.removeprefix(prefix))
    return name, False


def _translate_in_stack(level: str, name: str) -> tuple[str, bool]:
    """A name inside a GPT-2: "h.3.mlp.c_fc.weight" → "patch_level.blocks.3.mlp_in.weight", turned over."""
    if name == "wpe.weight":
        return f"{level}.positions", False
    if name.startswith("ln_f."):
        return f"{level}.norm.{name.removeprefix('ln_f.')}", False
    _, _, rest = name.partition(".")
    layer, _, rest = rest.partition(".")
    module, _, kind = rest.rpartition(".")
    ours = MODULES.get(module, module)
    return f"{level}.blocks.{layer}.{ours}.{kind}", kind == "weight" and "norm" not in ours
