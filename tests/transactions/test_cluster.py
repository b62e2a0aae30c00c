"""The same work on a Dask cluster, one of whose workers is killed in the middle."""

import os
import signal

import pytest

from data.transactions.clean import Work
from tests.transactions.files import cleaned, rows_of, write_wrds_parquet
from tests.transactions.test_engine import random_messages

distributed = pytest.importorskip("distributed")


@pytest.mark.filterwarnings("ignore")
def test_a_killed_worker_of_a_cluster_costs_nothing_but_time(tmp_path):
    file = write_wrds_parquet(tmp_path / "a.parquet", random_messages())
    cleaned(tmp_path / "alone", file, work=Work(buckets=6))
    killed = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        with distributed.Client(cluster) as client:
            workers = client.run(os.getpid)

        def kill_one(stage, done, of, rows):
            if stage == "clean" and done == 1 and not killed:
                killed.append(workers.popitem()[1])
                os.kill(killed[0], signal.SIGKILL)

        cleaned(
            tmp_path / "cluster",
            file,
            work=Work(buckets=6, scheduler=cluster.scheduler_address),
            progress=kill_one,
        )
    assert killed
    for kind in ("clean", "rejects"):
        assert rows_of(tmp_path / "cluster", kind) == rows_of(tmp_path / "alone", kind)
