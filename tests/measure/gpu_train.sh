#!/usr/bin/env bash
# Train the network on one GPU in sittings of a few minutes. Run the same command again until it says "finished":
#
#     tests/measure/gpu_train.sh      # one sitting of 10 minutes is the whole plan
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
# with those weights; give it the time that is left, `--set budget_s=300`.
#
# Goes on from the weights that ship (START names others, the start of a run only) with the plan of plan_listening.toml:
# ears, the piece's memory in the loss, a third of windows with gaps; at the end of the budget the rate falls to zero.
# Arguments go to the trainer and override that plan. A wider network begins with random weights:
#     START= tests/measure/gpu_train.sh --set patch_layers=11 --set hidden=384 --set peak_rate=0.003 --set budget_s=1500
# is 22.5 M parameters, the most that 24 MB hold in int8. Rehearsed on a CPU, never yet run on a GPU:
#     DEVICE=cpu SITTING_S=20 START= RUN=/tmp/rehearsal OUT=/tmp/rehearsal-out tests/measure/gpu_train.sh \
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
start=${START-generator/weights/notabot.safetensors}
begin=()
if [ -n "$start" ]; then begin=(--start "$start"); fi
export PYTHONUNBUFFERED=1 OMP_NUM_THREADS="${OMP_NUM_THREADS:-4}"
mkdir -p "$out"

# What is given twice counts as it was given last.
"$python" -m bot train pretrain "$corpus" "$run" "${begin[@]}" --device "$device" --stop-after-s "$sitting_s" \
    --plan tests/measure/plan_listening.toml --workers 14 --set pool_pieces=512 \
    --set budget_s=520 --set batch_patches=16384 --set peak_rate=0.0012 --set warmup_steps=40 --set cooldown_share=0.25 \
    --set average_steps=60 --set evaluate_every_s=120 --set save_every_s=60 --set evaluated_pieces=100 \
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
