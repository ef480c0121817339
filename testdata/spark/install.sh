#!/bin/sh
# Makes a Python environment with Spark 4 and Delta Lake for the tests that SIGNALSMITH_SPARK turns on.
#
#   testdata/spark/install.sh DIR
#   SIGNALSMITH_SPARK=DIR/bin/python go test ./providers/databricks/...
#
# Needs python3 with venv, and Java 17 or 21. Delta's jars come from Maven Central, with mvn where it is installed and
# else through Spark's own resolver; without them the server runs plain Spark and says so.
set -eu

dir=${1:?usage: install.sh DIR}
spark=4.0.1
delta=4.0.0
antlr=4.13.1

python3 -m venv "$dir"
"$dir/bin/pip" install --quiet --disable-pip-version-check \
  "pyspark==$spark" "delta-spark==$delta" "pyarrow==26.0.1" "pandas==3.1.1"

mkdir -p "$dir/jars"
if command -v mvn >/dev/null; then
  for artifact in "io.delta:delta-spark_2.13:$delta" "io.delta:delta-storage:$delta" "org.antlr:antlr4-runtime:$antlr"; do
    mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
      -Dartifact="$artifact" -DoutputDirectory="$dir/jars"
  done
else
  "$dir/bin/python" - "$dir" "$delta" <<'PY'
import glob, shutil, sys
from pyspark.sql import SparkSession

home, delta = sys.argv[1:]
session = (SparkSession.builder.master("local[1]")
           .config("spark.jars.packages", "io.delta:delta-spark_2.13:" + delta)
           .config("spark.jars.ivy", home + "/ivy").config("spark.ui.enabled", "false").getOrCreate())
session.stop()
for jar in glob.glob(home + "/ivy/jars/*.jar"):
    shutil.copy(jar, home + "/jars")
PY
fi
echo "SIGNALSMITH_SPARK=$dir/bin/python"
