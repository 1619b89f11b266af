"""What work comes to: units, and money only where the rule set gives a rate."""

from decimal import Decimal


def amount_of(
    reports: int, days: int, report_rate: Decimal | None, day_rate: Decimal | None
) -> Decimal | None:
    """In euro; None where no rate is given."""
    if report_rate is None and day_rate is None:
        return None
    return reports * (report_rate or Decimal(0)) + days * (day_rate or Decimal(0))
