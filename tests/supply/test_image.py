"""The image without a daemon: what the Dockerfile copies is there, its scripts are scripts, and its wheel is whole."""

import ast
import subprocess
import sys
import zipfile

import pytest
import yaml

from tests.supply.dockerfile import expand, is_ignored, parse_dockerfile, read_ignored
from tests.supply.image import Rehearsal, copied_files
from tests.supply.lock import ROOT

STEPS = parse_dockerfile((ROOT / "Dockerfile").read_text("utf-8"))
IGNORED = read_ignored(ROOT / ".dockerignore")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


def test_every_source_that_is_copied_exists_and_is_not_ignored():
    copies = [step for step in STEPS if step.word == "COPY"]
    assert len(copies) >= 6
    for step in copies:
        stage, places, _ = step.copied
        if stage is None:
            assert all(copied_files(place, IGNORED) for place in places)


@pytest.mark.parametrize("step", [step for step in STEPS if step.word == "RUN"], ids=lambda step: f"line {step.line}")
def test_every_run_step_is_a_script_that_a_shell_understands(step):
    subprocess.run(["/bin/sh", "-n", "-c", step.rest], check=True)


def test_the_health_check_is_a_program_and_knows_the_setting_of_the_port():
    python, option, program = next(step for step in STEPS if step.word == "HEALTHCHECK").command
    assert (python, option) == ("python", "-c")
    ast.parse(program)
    assert "NOTABOT_HEALTH_PORT" in program


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel that the image would install, built from nothing but what is copied."""
    folder = tmp_path_factory.mktemp("image")
    rehearsal = Rehearsal(folder, {})
    for step in STEPS:
        if step.stage == 0 and step.word in ("WORKDIR", "COPY"):
            rehearsal.take(step)
    argv = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*argv, "--wheel-dir", str(folder), str(folder / "src")], check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_of_the_image_holds_all_data_and_no_tests(wheel):
    names = set(wheel.namelist())
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    rooms = ("bot/", "generator/", "renderers/", "config/")
    beside_the_code = {
        "generator/weights/samples/",
        "generator/weights/README.md",
        "bot/samples/",
    }  # only to be looked at
    wanted = {name for name in tracked if name.startswith(rooms) and (ROOT / name).is_file()}
    missing = {name for name in wanted - names if not name.startswith(tuple(beside_the_code))}
    assert not missing
    assert "renderers/sound/font/FluidR3Mono_GM.sf3" in names
    assert not [name for name in names if name.startswith("tests/")]


def test_the_licences_travel_with_the_wheel(wheel):
    licences = {name.partition("/licenses/")[2] for name in wheel.namelist() if "/licenses/" in name}
    assert {"LICENSE", "THIRD_PARTY_NOTICES.md", "generator/weights/LICENSE"} <= licences
    assert "renderers/sound/font/FluidR3Mono_License.md" in licences


# --- the rehearsal itself


def test_steps_run_in_order_with_their_variables_and_what_only_root_may_is_left_out(tmp_path):
    rehearsal = Rehearsal(tmp_path, {"WORD": "given"})
    text = """
FROM somewhere AS build
ARG WORD=default
ARG OTHER="as written"
WORKDIR /src
ENV PATH=/opt/tools:$PATH LEFT=1
RUN mkdir /opt/tools && echo "$WORD, $OTHER, $LEFT" \\
    > /opt/tools/words.txt
RUN useradd somebody && mkdir /out && chown somebody /out
COPY --from=build /opt/tools /opt/tools
"""
    said = [rehearsal.take(step) for step in parse_dockerfile(text)]
    assert (tmp_path / "opt/tools/words.txt").read_text() == "given, as written, 1\n"
    assert (tmp_path / "out").is_dir()
    assert "useradd somebody" in said[-2]
    assert "chown somebody" in said[-2]
    assert said[-1] == "is there"


def test_a_step_that_fails_and_a_copy_of_nothing_stop_the_rehearsal(tmp_path):
    rehearsal = Rehearsal(tmp_path, {})
    for text, error in (
        ("RUN false && true", subprocess.CalledProcessError),
        ("COPY no/such/folder here", FileNotFoundError),
        ("COPY --from=build /opt/nothing /opt/nothing", FileNotFoundError),
    ):
        (step,) = parse_dockerfile(text)
        with pytest.raises(error):
            rehearsal.take(step)


def test_what_the_reader_does_not_know_is_refused():
    with pytest.raises(ValueError, match="line 2: ADD"):
        parse_dockerfile("FROM x\nADD a b")
    with pytest.raises(ValueError, match="beyond the end"):
        parse_dockerfile("RUN one \\")


def test_ignored_are_folders_with_all_they_hold_and_names_at_any_depth():
    patterns = [".git", "out", "**/__pycache__", "*.log"]
    assert is_ignored(".git/config", patterns)
    assert is_ignored("bot/cli/__pycache__/app.pyc", patterns)
    assert not is_ignored("bot/output.py", patterns)
    assert not is_ignored("bot/out/x", patterns)


def test_secrets_and_settings_never_come_into_an_image():
    assert all(
        is_ignored(place, IGNORED) for place in (".env", "secrets/discord_token", ".git/config", "data/notabot.db")
    )


def test_variables_are_filled_in_and_unknown_ones_are_empty():
    assert expand("$A/${B}/$C", {"A": "1", "B": "2"}) == "1/2/"


# --- compose.yaml


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_no_service_can_take_the_host_down(name):
    service = COMPOSE["services"][name]
    assert service["mem_limit"]
    assert 64 <= service["pids_limit"] <= 1024
    assert "no-new-privileges:true" in service["security_opt"]
    assert all("size=" in mount for mount in service.get("tmpfs", []))


def test_the_bot_runs_without_rights_on_a_disk_that_it_cannot_write():
    service = COMPOSE["services"]["notabot"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert [place.split(":")[0] for place in service["tmpfs"]] == ["/tmp", "/out"]
    assert "cpus" in service
    assert next(step for step in STEPS if step.word == "USER").rest == "notabot"


def test_images_can_be_pinned_by_digest_without_editing_a_file():
    assert COMPOSE["services"]["notabot"]["build"]["args"]["PYTHON_IMAGE"].startswith("${PYTHON_IMAGE:-python:3.11-")
    assert COMPOSE["services"]["postgres"]["image"].startswith("${POSTGRES_IMAGE:-postgres:")
    assert {step.rest.split()[0] for step in STEPS if step.word == "FROM"} == {"${PYTHON_IMAGE}"}
