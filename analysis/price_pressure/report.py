"""How fits of the price-pressure model are reported."""

from analysis.model_report import ModelReport
from analysis.price_pressure.answers import price_pressure_answers
from analysis.price_pressure.description import PRICE_PRESSURE as DESCRIPTION
from analysis.price_pressure.section import price_pressure_section
from inference.price_pressure import traced

PRICE_PRESSURE = ModelReport(
    model=traced.PRICE_PRESSURE,
    section=price_pressure_section,
    answers=price_pressure_answers,
    description=DESCRIPTION,
)
