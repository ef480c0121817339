"""Runs SQL in Spark with Delta Lake for another process.

Requests are JSON objects, one on each line of standard input; so are the answers on standard output, in the order in
which statements end.

    {"id": 1, "schema": "default", "sql": "SELECT 1"}  ->  {"id": 1, "columns": [{"name", "type"}], "arrow": base64}
                                                       or  {"id": 1, "error": {"state", "message"}}
    {..., "views": ["columns"]}                            makes the view information_schema_columns first
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
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

# Java writes to standard output too: the answers keep a descriptor of their own.
ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
LOCK = threading.Lock()

# A test has few rows and many statements: what pays off on large tables costs most of its time.
JAVA = ["-Duser.timezone=UTC", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djdk.lang.Process.launchMechanism=VFORK"]
SMALL = {
    "spark.ui.showConsoleProgress": "false",
    "spark.default.parallelism": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.databricks.delta.stats.collect": "false",
    "spark.databricks.delta.writeChecksumFile.enabled": "false",
}


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
        .config("spark.driver.extraJavaOptions", " ".join(JAVA + ["-Dderby.system.home=" + home]))
        .config("spark.sql.warehouse.dir", os.path.join(home, "warehouse"))
        .config("spark.scheduler.mode", "FAIR")
    )
    for name in SMALL:
        builder = builder.config(name, SMALL[name])
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

    def get(self, schema, views, sql):
        if views:  # open Spark has no information_schema
            session = self.new(schema)
            for view in views:
                rows, names = (columns if view == "columns" else tables)(session, sql)
                values = ", ".join("(" + ", ".join(map(literal, r)) + ")" for r in rows)
                session.sql("SELECT * FROM VALUES " + values + " AS t(" + ", ".join(names) + ")").createOrReplaceTempView("information_schema_" + view)
            return session
        with self.lock:
            if schema not in self.made:
                self.made[schema] = self.new(schema)
            return self.made[schema]

    def new(self, schema):
        session = self.spark.newSession()
        session.sql("USE " + quoted(schema))
        return session


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def literal(value):
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def tables(session, sql):
    """The rows of information_schema.tables, of the schemas that a statement names where it names some."""
    found = [("main", "information_schema", "tables")]  # VALUES has at least one row
    schemas = [s[0] for s in session.sql("SHOW SCHEMAS").collect()]
    for schema in [s for s in schemas if s in sql] or schemas:
        for t in session.sql("SHOW TABLES IN " + quoted(schema)).collect():
            if not t.isTemporary:
                found.append(("main", schema, t.tableName))
    return found, ("table_catalog", "table_schema", "table_name")


def columns(session, sql):
    """The rows of information_schema.columns."""
    found = [("main", "information_schema", "tables", "table_name", 0, "string")]
    for _, schema, table in tables(session, sql)[0][1:]:
        try:
            fields = session.table(quoted(schema) + "." + quoted(table)).schema.fields
        except AnalysisException:  # dropped meanwhile
            continue
        for i, f in enumerate(fields):
            found.append(("main", schema, table, f.name, i, f.dataType.simpleString()))
    return found, ("table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "full_data_type")


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
        session = sessions.get(request.get("schema") or "default", request.get("views"), request["sql"])
        session.sparkContext.setJobGroup(str(number), "statement", interruptOnCancel=True)
        frame = session.sql(request["sql"])
        fields = [{"name": f.name, "type": f.dataType.simpleString()} for f in frame.schema.fields]
        result = {"id": number, "columns": fields}
        if fields:
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
                # Also the jobs that the statement has not come to yet.
                spark.sparkContext._jsc.sc().cancelJobGroupAndFutureJobs(str(request["cancel"]))
            else:
                pool.submit(run, sessions, request)
    finally:
        # Spark's own way to stop waits for statements that may not end: Java ends with this process.
        shutil.rmtree(home, ignore_errors=True)
        os._exit(0)


if __name__ == "__main__":
    main()
