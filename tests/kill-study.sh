#!/usr/bin/env bash
# Kills a study at random times, KILLS times (20), lets it finish, and compares its results with those of an uninterrupted study.
#   tests/kill-study.sh [KILLS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/.."
classpath="$(mktemp)"
folder="$(mktemp -d)"
trap 'rm -rf "$classpath" "$folder"' EXIT
mvn -B -q test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$classpath" -pl tests -am
java -cp "tests/target/test-classes:$(cat "$classpath")" tandem.tools.study.KilledStudy "$folder" "${1:-20}" "${2:-1}"
