#!/usr/bin/env bash
# Kills a study at random moments, 20 times or as often as given, lets it end, and compares its table with an undisturbed study's.
#   tests/kill-study.sh [KILLS [SEED]]
set -euo pipefail
cd "$(dirname "$0")/.."
classpath="$(mktemp)"
folder="$(mktemp -d)"
trap 'rm -rf "$classpath" "$folder"' EXIT
mvn -B -q test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$classpath" -pl tests -am
java -cp "tests/target/test-classes:$(cat "$classpath")" tandem.tools.study.KilledStudy "$folder" "${1:-20}" "${2:-1}"
