"""Messages from databases: parameters are bound, and a real PostgreSQL is asked."""

import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path

import duckdb
import pytest

from data.errors import DataError
from data.transactions.database import query_to_parquet
from data.transactions.dialects import DIALECTS
from tests.transactions.files import cleaned, rows_of, write_text, write_wrds_parquet
from tests.transactions.messages import message as m

ROWS = [
    m(1, "T", "2015-03-18", cusip="00101JAH9", price="99.5"),
    m(2, "T", "2015-03-18", cusip="00101JAX4", execution_time="09:05:00"),
    m(2, "X", "2015-03-18", cusip="00101JAX4", execution_time="09:05:00"),
    m(3, "T", "2015-03-18", cusip="O'NEILL12"),
]


def read_back(tmp_path, connection, query, **parameters):
    out = tmp_path / "query.parquet"
    query_to_parquet(connection, query, parameters, out)
    cleaned(tmp_path / "out", out)
    return rows_of(tmp_path / "out", "clean", "cusip, sequence, price, execution_time")


def test_a_duckdb_file_is_queried(tmp_path):
    parquet = write_wrds_parquet(tmp_path / "a.parquet", ROWS)
    with duckdb.connect(str(tmp_path / "a.duckdb")) as database:
        database.execute(f"CREATE TABLE trace_enhanced AS FROM '{parquet}'")
    address = f"duckdb:///{tmp_path / 'a.duckdb'}"
    query = "SELECT * FROM trace_enhanced WHERE cusip_id = $cusip"
    found = read_back(tmp_path, address, query, cusip="O'NEILL12")
    assert found == [("O'NEILL12", 3, 100, 36000)]
    with pytest.raises(DataError, match="refused the query"):
        read_back(tmp_path, address, query)
    with pytest.raises(DataError, match="does not exist"):
        read_back(tmp_path, "duckdb:///no.duckdb", query)


def test_what_looks_like_sql_in_a_parameter_is_only_a_value(tmp_path):
    parquet = write_wrds_parquet(tmp_path / "a.parquet", ROWS)
    with duckdb.connect(str(tmp_path / "a.duckdb")) as database:
        database.execute(f"CREATE TABLE trace_enhanced AS FROM '{parquet}'")
    found = read_back(
        tmp_path,
        f"duckdb:///{tmp_path / 'a.duckdb'}",
        "SELECT * FROM trace_enhanced WHERE cusip_id = $cusip",
        cusip="x' OR '1'='1",
    )
    assert found == []


def _program(name: str) -> str | None:
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(places[-1]) if places else None)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """Address of a PostgreSQL that only this test uses."""
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("psycopg")
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are not installed")
    folder = tmp_path_factory.mktemp("postgres")
    as_other = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        try:
            nobody = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("there is no user postgres to run PostgreSQL as")
        folder = Path("/tmp") / f"{folder.parent.name}-postgres-{os.getpid()}"  # noqa: S108
        folder.mkdir()
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        as_other = {"user": nobody.pw_uid, "group": nobody.pw_gid, "cwd": folder}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cluster = folder / "cluster"
    run = {"check": True, "capture_output": True, "timeout": 120, **as_other}
    subprocess.run(  # noqa: S603
        [initdb, "-D", cluster, "-U", "me", "--auth=trust", "-N"], **run
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -F"
    subprocess.run(  # noqa: S603
        [pg_ctl, "-D", cluster, "-o", options, "-l", folder / "log", "-w", "start"],
        **run,
    )
    yield f"postgresql+psycopg://me@127.0.0.1:{port}/postgres"
    subprocess.run([pg_ctl, "-D", cluster, "-m", "immediate", "stop"], **run)  # noqa: S603
    shutil.rmtree(folder, ignore_errors=True)


def test_postgresql_is_queried_with_its_own_types(postgres, tmp_path):
    sqlalchemy = pytest.importorskip("sqlalchemy")
    csv = write_text(tmp_path / "a.csv", ROWS, "wrds")
    names = list(DIALECTS["wrds"].headers[0])
    kinds = {
        "trd_exctn_dt": "date",
        "trd_rpt_dt": "date",
        "trd_exctn_tm": "time",
        "trd_rpt_tm": "time",
        "rptd_pr": "double precision",
        "entrd_vol_qt": "double precision",
    }
    columns = ", ".join(f"{name} {kinds.get(name, 'text')}" for name in names)
    engine = sqlalchemy.create_engine(postgres)
    with engine.begin() as database:
        database.execute(sqlalchemy.text(f"CREATE TABLE trace_enhanced ({columns})"))
        cursor = database.connection.cursor()
        with cursor.copy("COPY trace_enhanced FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(csv.read_text())
    engine.dispose()
    query = "SELECT * FROM trace_enhanced WHERE cusip_id IN (:one, :two)"
    found = read_back(tmp_path, postgres, query, one="00101JAH9", two="O'NEILL12")
    assert {(row[0], row[1], float(row[2]), row[3]) for row in found} == {
        ("00101JAH9", 1, 99.5, 36000),
        ("O'NEILL12", 3, 100.0, 36000),
    }
    with pytest.raises(DataError, match="refused the query"):
        read_back(tmp_path, postgres, "SELECT * FROM no_such_table")
