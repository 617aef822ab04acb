"""The audit: nobody who knows nothing is believed."""

import pytest

from tests.supply.audit import EXIT_HEALTHY, EXIT_UNREACHABLE, EXIT_WEAK, KNOWN_WEAK, Opinion, examine

WELL_KNOWN = Opinion(weak={"jinja2": ["CVE-2014-1402"]}, unknown=[])
OURS = ["numpy==2.4.6", "rich==15.0.0"]


def service(**opinions):
    """A service by name: its opinion of the well-known weak package, and of ours."""

    def asking(name, packages):
        known, ours = opinions.get(name, (None, None))
        return known if packages == [KNOWN_WEAK] else ours

    return asking


def test_a_clean_bill_needs_a_service_that_knows_the_well_known_weakness():
    healthy = Opinion(weak={}, unknown=[])
    assert examine(OURS, asking=service(osv=(WELL_KNOWN, healthy)))[0] == EXIT_HEALTHY


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"pypi": (Opinion(weak={}, unknown=[]), Opinion(weak={}, unknown=[]))},
        {"pypi": (Opinion(weak={}, unknown=["jinja2"]), Opinion(weak={}, unknown=[]))},
        {"pypi": (WELL_KNOWN, None)},
    ],
)
def test_silence_and_ignorance_are_no_health(answers):
    code, lines = examine(OURS, asking=service(**answers))
    assert code == EXIT_UNREACHABLE
    assert "nothing was audited" in lines[-1]


def test_a_weakness_is_named_with_its_package():
    code, lines = examine(
        OURS, asking=service(pypi=(WELL_KNOWN, Opinion(weak={"rich": ["CVE-1", "CVE-2"]}, unknown=[])))
    )
    assert code == EXIT_WEAK
    assert "rich: CVE-1, CVE-2" in lines


def test_a_package_that_the_service_does_not_know_is_named_and_not_called_healthy():
    code, lines = examine(OURS, asking=service(pypi=(WELL_KNOWN, Opinion(weak={}, unknown=["numpy"]))))
    assert code == EXIT_UNREACHABLE
    assert lines[0].startswith("numpy: not known")
