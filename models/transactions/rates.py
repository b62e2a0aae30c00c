"""How often the life of a report goes wrong, and in which way."""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, kw_only=True)
class ErrorRates:
    """Shares of trades, reports or messages to which something happens.

    The defaults follow Dick-Nielsen (2009, doi 10.3905/jfi.2009.19.2.043), who finds
    7.7% of all reports to be errors, the counts of public cleaning logs, and FINRA's
    layouts; what no source gives is a guess, marked so.

    Parameters
    ----------
    same_day_cancel, later_removal_old, later_removal_new : float
        Share of trades that are cancelled on the day of the report, or reversed on a
        later one before and after the change of system of 6 February 2012.
    correction : float
        Share of reports that are corrected.
    late_report : float
        Share of reports sent a day or more after the trade.
    withdrawn_reversal : float
        Share of the reports reversed late whose reversal is itself withdrawn.
    lost_number : float
        Share of cancels and reversals without the number of what they cancel, or with
        a wrong one.
    unmatched_cancel, unmatched_reversal : float
        Cancels and reversals of nothing in the file, as a share of those of something.
    missing_side, decimal_shift, duplicate_message : float
        Share of reports without side and contra party; of reports whose price is off
        by a power of ten and stays so; of messages that are in the file twice.
    repeated_day : float
        Share of report dates of which every message is there twice.
    """

    same_day_cancel: float = 0.016
    later_removal_old: float = 0.012
    later_removal_new: float = 0.007
    correction: float = 0.015
    late_report: float = 0.015
    withdrawn_reversal: float = 0.01
    lost_number: float = 0.015
    unmatched_cancel: float = 0.019
    unmatched_reversal: float = 0.06
    missing_side: float = 0.0001
    decimal_shift: float = 0.0005
    duplicate_message: float = 0.0005
    repeated_day: float = 0.002

    def times(self, factor: float) -> "ErrorRates":
        """Every rate `factor` times as large, none above a half."""
        return replace(
            self,
            **{
                each.name: min(0.5, factor * getattr(self, each.name))
                for each in fields(self)
            },
        )


@dataclass(frozen=True, kw_only=True)
class LifeCycle:
    """What an error looks like once there is one.

    Parameters
    ----------
    phantom_share : float
        Cancelled trades that never stood; the others are reported again. A guess.
    reentered_late : float
        Reversed reports that are entered again, as-of A.
    continued, cancelled_after : float
        Corrections that are corrected again, and corrected reports that are cancelled
        and entered anew.
    corrected_same_day : float
        Corrections sent on the day of the report. A guess.
    after_window : float
        Later removals that come more than `window_days` after the report, so in the
        second system as a reversal Y instead of X.
    window_days : int
        Trading days within which a report can be cancelled by number.
    reversal_as_x : float
        Reversals of the old system that carry the as-of code X instead of R.
    moves_day, moves_time, moves_price, moves_par, moves_side : float
        What a correction corrects; the remainder differs in nothing that is kept.
        Guesses.
    """

    phantom_share: float = 0.6
    reentered_late: float = 0.5
    continued: float = 0.10
    cancelled_after: float = 0.05
    corrected_same_day: float = 0.85
    after_window: float = 0.4
    window_days: int = 20
    reversal_as_x: float = 0.10
    moves_day: float = 0.03
    moves_time: float = 0.10
    moves_price: float = 0.50
    moves_par: float = 0.30
    moves_side: float = 0.05
