"""What can be measured about a tune."""

from generator.critic.card import ReportCard, report_card

__all__ = ["ReportCard", "report_card"]
