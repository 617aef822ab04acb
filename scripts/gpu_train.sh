#!/usr/bin/env bash
# Train a larger network on one GPU in sittings of a few minutes. Run the same command again until it says "finished":
#
#     scripts/gpu_train.sh            # three sittings of 9 minutes make the 25 minutes of the plan
#
# Needs only python3 with PyTorch (2.9 or newer, for Muon), numpy and safetensors; no network, nothing to install.
#   data/scores.jsonl.xz   the corpus (CORPUS names another place); data/ is not in git
#   data/gpu-run           the run: checkpoint.pt (about 190 MB), plan.json, log.jsonl (RUN names another place)
#   $OUT (or data/out)     what to take home: weights in fp16, cut into parts of 15 MiB, log, plan and, once the run is
#                          finished, its evaluation. Put the parts together with
#                              cat notabot-fp16.safetensors.part-* > notabot-fp16.safetensors
#                          and make the file that ships, 22 MB, with
#                              python -m generator.training export notabot-fp16.safetensors \
#                                  generator/weights/notabot.safetensors --precision int8 --corpus data/scores.jsonl.xz
#                          which also learns, in minutes that need no GPU, how far pieces may believe their earlier bars
# A machine that was given back has lost data/gpu-run: START=notabot-fp16.safetensors scripts/gpu_train.sh begins a run
# with those weights; give it the time that is left, `--budget-s 900 --peak-rate 0.001`.
#
# 11 patch layers, 1 character layer, hidden 384: 22.3 M parameters, the most that 24 MB hold in int8.
# Arguments go to the trainer and override the plan below. Rehearsed on a CPU, never yet run on a GPU:
#     DEVICE=cpu SITTING_S=20 RUN=/tmp/rehearsal OUT=/tmp/rehearsal-out scripts/gpu_train.sh --patch-layers 1 --hidden 64 \
#         --context-patches 64 --batch-patches 256 --pool-pieces 16 --budget-steps 30 --workers 1 --no-bf16
set -euo pipefail
cd "$(dirname "$0")/.."

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

finished=0
"$python" -m generator.training train "$corpus" "$run" "${begin[@]}" --device "$device" --stop-after-s "$sitting_s" \
    --workers 8 --pool-pieces 512 \
    --patch-layers 11 --char-layers 1 --hidden 384 --context-patches 512 \
    --budget-s 1500 --batch-patches 24576 --peak-rate 0.003 --warmup-steps 200 \
    --home-key-share 0.6 --original-key-share 0.5 --unnamed-share 0.15 \
    --evaluate-every-s 120 --save-every-s 60 --evaluated-pieces 206 --bf16 "$@" || finished=$?
# 3: the sitting is over, the run is not
if [ "$finished" -ne 0 ] && [ "$finished" -ne 3 ]; then exit "$finished"; fi

weights=$run/notabot-fp16.safetensors
"$python" -m generator.training export "$run/checkpoint.pt" "$weights" --precision fp16 --corpus "$corpus" \
    --hardware "${HARDWARE:-one GPU}" --recall-pieces 0
rm -f "$out"/notabot-fp16.safetensors.part-*
split -b 15M -d "$weights" "$out/notabot-fp16.safetensors.part-"
cp "$run/plan.json" "$out/"
if [ -f "$run/log.jsonl" ]; then cp "$run/log.jsonl" "$out/"; fi
if [ "$finished" -eq 0 ]; then
    "$python" -m generator.training evaluate "$weights" "$corpus" --device "$device" --out "$out/evaluation.json"
fi
