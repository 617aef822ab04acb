"""Which licences let everybody use, adapt and pass on what was learned from a score.

Weights that ship are trained on the permissive tier alone. "other" is for scores that a person may learn from on
their own machine: weights trained on them say so, and are not to be passed on.
This sorts licences by their names; it is no legal advice.
"""

import re
from typing import Literal

Tier = Literal["permissive", "other"]

_FORBIDS = re.compile(r"\b(nc|nd|non-?commercial|no-?deriv\w*|all rights reserved|proprietary|private|unknown)\b")
_PERMITS = re.compile(
    r"\b(cc-?0|public domain|pd|cc-? ?by|creative commons attribution|mit|bsd|apache|ecl|isc|unlicense|gpl|lgpl|odbl)\b"
)


def licence_tier(licence: str) -> Tier:
    """permissive: CC0, public domain, CC BY, CC BY-SA and free software's; other: everything else, and what is odd."""
    words = " ".join(licence.lower().replace("_", " ").split())
    parts = re.sub(r"[-/](?=nc\b|nd\b)", " ", words)
    return "permissive" if _PERMITS.search(words) and not _FORBIDS.search(parts) else "other"
