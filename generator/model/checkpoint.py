"""Reading and writing networks.

`load_network` takes NotaGen's own `.pth` (sizes read from the tensors) and our `.safetensors`.
Unpickling is limited to tensors (`weights_only=True`), so a hostile file cannot run code.
"""
