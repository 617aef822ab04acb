# Notabot in a container: CPU by default.
#
#   docker build -t notabot .
#   mkdir -p out
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD/out:/out" notabot compose chopin keyboard
#
# For a GPU: docker build --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cu130 -t notabot:cuda .
#            docker run --rm --gpus all -e NOTABOT_DEVICE=cuda ...

FROM python:3.11-slim-bookworm AS build
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/notabot
ENV PATH=/opt/notabot/bin:$PATH
WORKDIR /src
RUN pip install --quiet --index-url "$TORCH_INDEX" --extra-index-url https://pypi.org/simple torch==2.13.0
COPY requirements.lock .
RUN pip install --quiet --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE THIRD_PARTY_NOTICES.md ./
COPY bot bot
COPY generator generator
COPY renderers renderers
COPY config config
RUN pip install --quiet --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --no-create-home --uid 10001 notabot && mkdir /out && chown notabot /out
COPY --from=build /opt/notabot /opt/notabot
# HOME, because `docker run --user` may name somebody who has none and caches want a folder that can be written to.
ENV PATH=/opt/notabot/bin:$PATH PYTHONUNBUFFERED=1 HOME=/tmp NOTABOT_OUT_DIR=/out
USER notabot
WORKDIR /tmp
VOLUME /out
ENTRYPOINT ["notabot"]
CMD ["--help"]
