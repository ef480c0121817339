#!/bin/sh
# Makes a Python environment with Spark 4 and Delta Lake for the tests that SIGNALSMITH_SPARK turns on, or finds that DIR
# holds it already.
#
#   testdata/spark/install.sh DIR
#   SIGNALSMITH_SPARK=DIR/bin/python go test ./providers/databricks/...
#
# Needs python3 with venv, and Java 17 or 21 in JAVA_HOME or PATH; on Debian, root installs what is missing. Delta's jars
# come from Maven's repository, with mvn where it is installed and else through Spark's own resolver. Without them the
# server runs plain Spark and says so.
set -eu

dir=${1:?usage: install.sh DIR}
spark=4.0.1
delta=4.0.0
antlr=4.13.1
made="pyspark $spark, delta $delta"

# What is made last says that all is there.
if [ "$(cat "$dir/made" 2>/dev/null)" = "$made" ] && "$dir/bin/python" -c 'import pyspark, pyarrow, pandas' 2>/dev/null; then
  exit 0
fi

debian() {
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
  echo "install.sh: installing $1" >&2
  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes "$1" >/dev/null
}

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
version() { "$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p'; }
case $(version) in
17 | 21) ;;
*)
  debian openjdk-17-jre-headless || { echo "install.sh: Spark needs Java 17 or 21 in JAVA_HOME or PATH; found: $(version)" >&2; exit 1; }
  ;;
esac

rm -rf "$dir"
mkdir -p "$(dirname "$dir")"
python3 -m venv "$dir" || { debian python3-venv && python3 -m venv "$dir"; } || { echo "install.sh: python3 with venv is needed" >&2; exit 1; }
"$dir/bin/pip" install --quiet --disable-pip-version-check \
  "pyspark==$spark" "delta-spark==$delta" "pyarrow==26.0.1" "pandas==3.1.1" || {
  echo "install.sh: Python's packages could not be installed" >&2
  exit 1
}

mkdir -p "$dir/jars"
with_maven() {
  for artifact in "io.delta:delta-spark_2.13:$delta" "io.delta:delta-storage:$delta" "org.antlr:antlr4-runtime:$antlr"; do
    mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
      -Dartifact="$artifact" -DoutputDirectory="$dir/jars" || return 1
  done
}
with_spark() {
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
}
if ! { command -v mvn >/dev/null && with_maven; } && ! with_spark; then
  echo "install.sh: Delta Lake's jars could not be had: there will be Spark without Delta" >&2
  rm -rf "$dir/jars"
  exit 0 # not made: the next call tries again
fi
echo "$made" >"$dir/made"
