#!/usr/bin/env bash
# Train a larger network on one GPU in sittings of a few minutes. Run the same command again until it says "finished":
#
#     tests/measure/gpu_train.sh      # three sittings of 9 minutes make the 25 minutes of the plan
#
# Needs python3 with PyTorch (2.9 or newer, for Muon), numpy, safetensors and typer with what it needs; no network.
#   data/scores.jsonl.xz   the corpus (CORPUS names another place); data/ is not in git
#   data/gpu-run           the run: checkpoint.pt (about 190 MB), plan.json, log.jsonl (RUN names another place)
#   $OUT (or data/out)     what to take home: weights in fp16, cut into parts of 15 MiB, log, plan and, once the run is
#                          finished, its evaluation. Put the parts together with
#                              cat notabot-fp16.safetensors.part-* > notabot-fp16.safetensors
#                          and make the file that ships, 22 MB, with
#                              python -m bot train export notabot-fp16.safetensors \
#                                  generator/weights/notabot.safetensors --precision int8 --corpus data/scores.jsonl.xz
#                          which also learns, in minutes that need no GPU, how far pieces may believe their earlier bars
# A machine that was given back has lost data/gpu-run: START=notabot-fp16.safetensors tests/measure/gpu_train.sh begins a run
# with those weights; give it the time that is left, `--set budget_s=900 --set peak_rate=0.001`.
#
# 11 patch layers, 1 character layer, hidden 384: 22.3 M parameters, the most that 24 MB hold in int8.
# Arguments go to the trainer and override the plan below. Rehearsed on a CPU, never yet run on a GPU:
#     DEVICE=cpu SITTING_S=20 RUN=/tmp/rehearsal OUT=/tmp/rehearsal-out tests/measure/gpu_train.sh \
#         --set patch_layers=1 --set hidden=64 --set context_patches=64 --set batch_patches=256 --set pool_pieces=16 \
#         --set budget_steps=30 --set bf16=false --workers 1
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-python3}
corpus=${CORPUS:-data/scores.jsonl.xz}
run=${RUN:-data/gpu-run}
out=${OUT:-data/out}
device=${DEVICE:-cuda}
sitting_s=${SITTING_S:-530} # with loading before and saving after, a sitting ends within 570 s
begin=()
if [ -n "${START:-}" ]; then begin=(--start "$START"); fi
export PYTHONUNBUFFERED=1 OMP_NUM_THREADS="${OMP_NUM_THREADS:-4}"
mkdir -p "$out"

# What is given twice counts as it was given last.
"$python" -m bot train pretrain "$corpus" "$run" "${begin[@]}" --device "$device" --stop-after-s "$sitting_s" \
    --workers 8 --set pool_pieces=512 \
    --set patch_layers=11 --set char_layers=1 --set hidden=384 --set context_patches=512 \
    --set budget_s=1500 --set batch_patches=24576 --set peak_rate=0.003 --set warmup_steps=200 \
    --set home_key_share=0.6 --set original_key_share=0.5 --set unnamed_share=0.15 \
    --set evaluate_every_s=120 --set save_every_s=60 --set evaluated_pieces=206 --set bf16=true \
    --json "$@" > "$out/sitting.json"
cat "$out/sitting.json"
finished=$("$python" -c 'import json, sys; print(json.load(sys.stdin)["finished"])' < "$out/sitting.json")

weights=$run/notabot-fp16.safetensors
"$python" -m bot train export "$run/checkpoint.pt" "$weights" --precision fp16 --corpus "$corpus" \
    --hardware "${HARDWARE:-one GPU}" --recall-pieces 0
rm -f "$out"/notabot-fp16.safetensors.part-*
split -b 15M -d "$weights" "$out/notabot-fp16.safetensors.part-"
cp "$run/plan.json" "$out/"
if [ -f "$run/log.jsonl" ]; then cp "$run/log.jsonl" "$out/"; fi
if [ "$finished" = True ]; then
    "$python" -m bot train bits "$weights" "$corpus" --device "$device" --out "$out/evaluation.json"
fi
