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

FROM python:3.11-slim-bookworm AS build
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
# psycopg is for NOTABOT_DATABASE_URL=postgresql://...; empty to do without.
ARG POSTGRES_DRIVER="psycopg[binary]==3.3.9"
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/notabot
ENV PATH=/opt/notabot/bin:$PATH
WORKDIR /src
RUN pip install --quiet --index-url "$TORCH_INDEX" --extra-index-url https://pypi.org/simple torch==2.13.0
COPY requirements.lock .
RUN pip install --quiet --no-deps -r requirements.lock
RUN if [ -n "$POSTGRES_DRIVER" ]; then pip install --quiet "$POSTGRES_DRIVER"; fi
COPY pyproject.toml README.md LICENSE THIRD_PARTY_NOTICES.md ./
COPY bot bot
COPY generator generator
COPY renderers renderers
COPY config config
RUN pip install --quiet --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
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
