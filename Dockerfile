# Notabot in a container: CPU by default.
#
#   docker build -t notabot .
#
# The bots, with the tokens in a file .env (compose.yaml does the same, more carefully):
#   docker run --detach --init --restart unless-stopped --stop-timeout 75 --env-file .env -v notabot:/data notabot
#
# One piece:
#   mkdir -p out
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD/out:/out" notabot compose chopin keyboard
#
# For a GPU: docker build --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cu130 -t notabot:cuda .
#            docker run --rm --gpus all -e NOTABOT_DEVICE=cuda ...
#
# Everything but PyTorch is installed by hash. To pin the rest, too, look up the digest of the system and the hash of the
# PyTorch wheel for your processor once, and give them to each build:
#   docker buildx imagetools inspect python:3.11-slim-bookworm
#   docker build --build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:... --build-arg TORCH_HASH=sha256:... .
# On ARM tinysoundfont has no wheel: --build-arg PYTHON_IMAGE=python:3.11-bookworm brings the compiler that builds it.
# `make image-rehearsal` replays these steps without a daemon.

ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/notabot
ENV PATH=/opt/notabot/bin:$PATH
WORKDIR /src
COPY requirements.lock .
RUN pip install --quiet --no-deps --require-hashes -r requirements.lock
# One index, and what PyTorch needs is there already (a CUDA build finds its libraries on the same index).
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ARG TORCH_HASH=""
RUN if [ -z "$TORCH_HASH" ]; then pip install --quiet --index-url "$TORCH_INDEX" torch==2.13.0; else \
    echo "torch==2.13.0 --hash=$TORCH_HASH" > torch.txt && \
    pip install --quiet --no-deps --require-hashes --index-url "$TORCH_INDEX" -r torch.txt; fi
COPY pyproject.toml README.md LICENSE THIRD_PARTY_NOTICES.md ./
COPY bot bot
COPY generator generator
COPY renderers renderers
COPY config config
RUN pip install --quiet --no-deps --no-build-isolation .

FROM ${PYTHON_IMAGE}
RUN useradd --no-create-home --uid 10001 notabot && mkdir /out /data && chown notabot /out /data
COPY --from=build /opt/notabot /opt/notabot
# HOME, because `docker run --user` may name somebody who has none and caches want a folder that can be written to.
ENV PATH=/opt/notabot/bin:$PATH PYTHONUNBUFFERED=1 HOME=/tmp NOTABOT_OUT_DIR=/out NOTABOT_DATA_DIR=/data
USER notabot
WORKDIR /tmp
VOLUME ["/out", "/data"]
# Says whether the event loop of `notabot run` turns; of no meaning for the other commands, which are soon over.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 CMD ["python", "-c", "\
import os, urllib.request; \
port = os.environ.get('NOTABOT_HEALTH_PORT') or '8077'; \
port == '0' or urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f'http://127.0.0.1:{port}/healthz', timeout=4)"]
ENTRYPOINT ["notabot"]
CMD ["run"]
