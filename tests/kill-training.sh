#!/usr/bin/env bash
# Kills a training process at random times, KILLS times (50), and reads its checkpoint each time.
#   tests/kill-training.sh [KILLS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/.."
classpath="$(mktemp)"
folder="$(mktemp -d)"
trap 'rm -rf "$classpath" "$folder"' EXIT
mvn -B -q test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$classpath" -pl tests -am
java -cp "tests/target/test-classes:$(cat "$classpath")" tandem.model.train.KilledTraining "$folder" "${1:-50}" "${2:-1}"
