#!/usr/bin/env bash
# Measure the engine on a GPU beside the reference algorithm: NotaGen-X (20/6 layers, hidden 1280, 1024 patches) and
# NotaGen-small, random weights, float32 reference against the engine in bf16 and fp32. Tables and JSON go to $OUT.
#
# Needs only python3 with PyTorch, numpy and transformers; no network. Rehearsed on a CPU, never yet run on a GPU:
#     DEVICE=cpu SHAPES="1,1,64,128" PRECISIONS=fp32 SLOTS=4 OUT=/tmp/bench scripts/gpu_bench.sh
set -euo pipefail
cd "$(dirname "$0")/.."

export DEVICE=${DEVICE:-cuda} SHAPES=${SHAPES:-"20,6,1280,1024 12,3,768,512"} PRECISIONS=${PRECISIONS:-"bf16 fp32"}
export SLOTS=${SLOTS:-"1 8 32"} OUT=${OUT:-data/out}
mkdir -p "$OUT"
"${PYTHON:-python3}" - <<'PYTHON'
import json
import os
from pathlib import Path

from generator.evaluation.bench import run_bench
from generator.model.network import Shape

results = []
for sizes in os.environ["SHAPES"].split():
    shape = Shape(*map(int, sizes.split(",")))
    contexts = (16, shape.context_patches // 2, shape.context_patches - 16)
    for precision in os.environ["PRECISIONS"].split():
        for slots in map(int, os.environ["SLOTS"].split()):
            device = os.environ["DEVICE"]
            result = run_bench(shape, slots=slots, contexts=contexts, patches=9, precision=precision, device=device)
            print(result.table(), flush=True)
            results.append(result.to_json())
            Path(os.environ["OUT"], "bench.json").write_text(json.dumps(results, indent=1))
PYTHON
