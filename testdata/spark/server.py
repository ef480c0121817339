"""Runs SQL in Spark with Delta Lake for another process.

Requests are JSON objects, one on each line of standard input; so are the answers on standard output, in the order in
which statements end.

    {"id": 1, "schema": "default", "sql": "SELECT 1"}  ->  {"id": 1, "columns": [{"name", "type"}], "arrow": base64}
                                                       or  {"id": 1, "error": {"state", "message"}}
    {"cancel": 1}                                          cancels statement 1, which then answers with an error

The first line of the output says what runs: {"ready": true, "spark": "4.0.1", "delta": true}. The end of the input is
the end of the process.
"""

import base64
import concurrent.futures
import glob
import json
import os
import re
import shutil
import sys
import tempfile
import threading

import pyarrow
from pyspark.sql import SparkSession

# Java writes to standard output too: the answers keep a descriptor of their own.
ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
LOCK = threading.Lock()


def answer(message):
    with LOCK:
        ANSWERS.write(json.dumps(message) + "\n")
        ANSWERS.flush()


def start(home):
    jars = glob.glob(os.path.join(sys.prefix, "jars", "*.jar"))
    delta = any("delta-spark" in jar for jar in jars)
    builder = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.extraJavaOptions", "-Duser.timezone=UTC -Dderby.system.home=" + home)
        .config("spark.sql.warehouse.dir", os.path.join(home, "warehouse"))
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.databricks.delta.snapshotPartitions", "1")
        .config("spark.scheduler.mode", "FAIR")
    )
    if delta:
        builder = (
            builder.config("spark.jars", ",".join(jars))
            .config("spark.sql.sources.default", "delta")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        )
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark, delta


class Sessions:
    """One session for each schema, since a session's current schema is its state."""

    def __init__(self, spark):
        self.spark = spark
        self.lock = threading.Lock()
        self.made = {}

    def get(self, schema):
        with self.lock:
            if schema not in self.made:
                session = self.spark.newSession()
                session.sql("USE `" + schema.replace("`", "``") + "`")
                self.made[schema] = session
            return self.made[schema]


def failure(error):
    message, state = str(error), ""
    java = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    if java is not None:
        message = java.getMessage() or message
    while java is not None and not state:  # some errors of Delta are causes of others
        try:
            state = java.getSqlState() or ""
        except Exception:  # no such method: an error without a state
            pass
        java = java.getCause()
    found = re.search(r"SQLSTATE: (\w{5})", message)
    if not state and found:
        state = found.group(1)
    return {"state": state or "HY000", "message": message}


def run(sessions, request):
    number = request["id"]
    try:
        session = sessions.get(request.get("schema") or "default")
        session.sparkContext.setJobGroup(str(number), "statement", interruptOnCancel=True)
        frame = session.sql(request["sql"])
        columns = [{"name": f.name, "type": f.dataType.simpleString()} for f in frame.schema.fields]
        result = {"id": number, "columns": columns}
        if columns:
            table = frame.toArrow()
            sink = pyarrow.BufferOutputStream()
            with pyarrow.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)
            result["arrow"] = base64.b64encode(sink.getvalue()).decode()
        answer(result)
    except Exception as error:  # every failure is an answer
        answer({"id": number, "error": failure(error)})


def main():
    home = tempfile.mkdtemp(prefix="spark-")
    try:
        spark, delta = start(home)
        sessions = Sessions(spark)
        answer({"ready": True, "spark": spark.version, "delta": delta})
        pool = concurrent.futures.ThreadPoolExecutor(8)
        for line in sys.stdin:
            request = json.loads(line)
            if "cancel" in request:
                spark.sparkContext.cancelJobGroup(str(request["cancel"]))
            else:
                pool.submit(run, sessions, request)
    finally:
        # Spark's own way to stop waits for statements that may not end: Java ends with this process.
        shutil.rmtree(home, ignore_errors=True)
        os._exit(0)


if __name__ == "__main__":
    main()
