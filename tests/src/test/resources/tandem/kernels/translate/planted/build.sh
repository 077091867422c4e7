#!/usr/bin/env bash
# Makes the PTX of the planted faults again; needs nvcc 13.0.
set -euo pipefail
cd "$(dirname "$0")"
for name in faults faults2; do
  nvcc -ptx -arch=compute_75 -lineinfo -o "$name.ptx" "$name.cu"
  sed -i -E -e '/^\/\//d' -e 's/^\.version .*/.version 7.8/' -e 's|(\.file[[:space:]]+[0-9]+ ").*/cuda[^"]*/include/|\1cuda/include/|' \
    -e "s|(\.file[[:space:]]+[0-9]+ \").*/($name\.cu)|\1\2|" "$name.ptx"
done
