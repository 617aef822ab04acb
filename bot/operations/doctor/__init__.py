"""What `notabot doctor` looks at. The door is `examine`; `show` prints what it found."""

from bot.operations.doctor.examination import examine
from bot.operations.doctor.findings import Finding, show

__all__ = ["Finding", "examine", "show"]
