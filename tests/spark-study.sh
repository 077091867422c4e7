#!/usr/bin/env bash
# Tests studies on Apache Spark: on local[2], then on a standalone cluster of a master and a worker started here.
#   tests/spark-study.sh [PORT]
set -euo pipefail
cd "$(dirname "$0")/.."
port="${1:-17077}"
home="$(mktemp -d)"
started=()
trap 'for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done; wait; rm -rf "$home"' EXIT

mvn -B -q -ntp -Pspark test -pl tests -am -Dtest=SparkStudyTest -Dsurefire.failIfNoSpecifiedTests=false
echo "local[2]: same table as without Spark"

# What a worker takes for an installation of Spark: its jars.
TANDEM_MAVEN_FLAGS=-Pspark ./tandem --version
mkdir "$home/jars"
tr ':' '\n' <target/app/libraries | while IFS= read -r jar; do [ ! -f "$jar" ] || ln -s "$jar" "$home/jars/"; done
export SPARK_HOME="$home" SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
opens=()
for package in java.nio java.lang java.lang.invoke java.util java.util.concurrent sun.nio.ch sun.security.action; do
    opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
"$java" -Xmx256m "${opens[@]}" -cp "$home/jars/*" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port 0 2>"$home/master.log" &
started+=($!)
"$java" -Xmx256m "${opens[@]}" -cp "$home/jars/*" org.apache.spark.deploy.worker.Worker --cores 2 --memory 2g --webui-port 0 --work-dir "$home/work" \
    "spark://127.0.0.1:$port" 2>"$home/worker.log" &
started+=($!)

study() {
    TANDEM_MAVEN_FLAGS=-Pspark ./tandem study --synthetic 12 --strategies transfer,multi-task --seeds 0,1 --visits 16 --size 64 --encoder-channels 8 \
        --neck-channels 8 --segmentation-channels 8 --batch 4 --threads 1 "$@"
}
table() { sed 's/"seconds":[0-9.]*,//' "$1/results.jsonl" | sort; }
export TANDEM_JVM_FLAGS="-Xmx1g -Dspark.executor.memory=900m -Dspark.executor.cores=1"
study --output "$home/spread" --master "spark://127.0.0.1:$port" || { tail -n 30 "$home/master.log" "$home/worker.log" >&2; exit 1; }
study --output "$home/alone"
executors="$(find "$home/work" -mindepth 2 -maxdepth 2 -type d | wc -l)"
diff <(table "$home/alone") <(table "$home/spread")
echo "standalone cluster, $executors executors in all: same table as without Spark"
