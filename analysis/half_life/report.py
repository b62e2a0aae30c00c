"""How the basis, its half-lives, and both in one likelihood are reported."""

from analysis.half_life import basis_description, description, joint_description
from analysis.half_life.answers import (
    basis_answers,
    half_life_answers,
    joint_answers,
)
from analysis.half_life.joint_section import joint_decay_section
from analysis.half_life.section import half_life_section
from analysis.model_report import ModelReport
from inference.half_life import basis_traced, joint_traced, traced

BASIS_DECOMPOSITION = ModelReport(
    model=basis_traced.BASIS_DECOMPOSITION,
    section=half_life_section,
    answers=basis_answers,
    description=basis_description.BASIS_DECOMPOSITION,
)

JOINT_DECAY = ModelReport(
    model=joint_traced.JOINT_DECAY,
    section=joint_decay_section,
    answers=joint_answers,
    description=joint_description.JOINT_DECAY,
)

HALF_LIFE = ModelReport(
    model=traced.HALF_LIFE,
    section=half_life_section,
    answers=half_life_answers,
    description=description.HALF_LIFE,
)
