"""The one exception for input that a user has to mend."""


class DataError(ValueError):
    """Input that cannot be used, with what to do about it.

    Parameters
    ----------
    problem : str
        What is wrong, naming file, column and row where they are known.
    remedy : str
        What the user can do; one sentence.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n  Remedy: {remedy}")
        self.problem = problem
        self.remedy = remedy
