"""Command line of the benchmarks: our likelihood and posterior beside the peers."""

from benchmarks.families import BENCHMARKS
from data.commands.command import group

app = group(__doc__, BENCHMARKS)

if __name__ == "__main__":
    app()
