"""What `notabot doctor` looks at. The door is `examine`; `show` prints what it found."""

from bot.doctor.examination import examine
from bot.doctor.findings import Finding, show

__all__ = ["Finding", "examine", "show"]
