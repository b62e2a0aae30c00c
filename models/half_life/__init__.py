"""How long a dislocation of the TIPS-Treasury basis lasts."""

from models.half_life.model import half_life_model

__all__ = ["half_life_model"]
