"""The bill of materials: valid by the official schema, complete, and the same every time."""

import hashlib
import json

import pytest

from tests.supply.lock import ROOT, RUNTIME, read_lock
from tests.supply.sbom import SHIPPED_DATA, bill_of_materials, main, validate


@pytest.fixture(scope="module")
def bill(tmp_path_factory):
    output = tmp_path_factory.mktemp("sbom") / "notabot.cdx.json"
    assert main(["--output", str(output)]) == 0
    return json.loads(output.read_text("utf-8"))


def test_it_names_every_package_of_the_lock_torch_and_the_data_that_come_along(bill):
    names = {component["bom-ref"] for component in bill["components"]}
    assert names == {pin.name for pin in read_lock(RUNTIME)} | {"torch"} | set(SHIPPED_DATA)
    assert all(component["licenses"][0]["expression"] for component in bill["components"])


def test_hashes_are_those_of_the_lock_and_of_the_files(bill):
    by_name = {component["bom-ref"]: component for component in bill["components"]}
    for pin in read_lock(RUNTIME):
        hashes = by_name[pin.name]["externalReferences"][0]["hashes"]
        assert sorted(f"sha256:{one['content']}" for one in hashes) == sorted(pin.hashes)
    for place in SHIPPED_DATA:
        assert by_name[place]["hashes"][0]["content"] == hashlib.sha256((ROOT / place).read_bytes()).hexdigest()


def test_who_needs_whom_leads_from_notabot_to_every_package(bill):
    needs = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    reached, waiting = set(), ["notabot"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += needs.get(name, [])
    left_over = {component["bom-ref"] for component in bill["components"]} - reached
    assert left_over <= {"audioop-lts", "colorama", "httpx2-jsfetch"}, "but for other systems"


def test_the_same_sources_give_the_same_bill(bill):
    assert bill_of_materials() == bill


def test_what_breaks_the_schema_is_told():
    broken = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "licenses": "?"}]}
    assert "licenses" in validate(json.dumps(broken))
