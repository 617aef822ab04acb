"""What `notabot doctor` looks at. The door is `examine`; `show` prints what it found."""

from bot.operations.doctor.examination import examine
from bot.operations.doctor.findings import show

__all__ = ["examine", "show"]
