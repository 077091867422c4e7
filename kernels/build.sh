#!/usr/bin/env bash
# Builds the PTX of every kernel source, or of those named:  kernels/build.sh [--output DIR] [NAME...]
# Needs nvcc from CUDA 13.0, which is the version that the committed files were made with. See README.md.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
sources="$here/src/main/cuda"
output="$here/src/main/resources/tandem/kernels"
architecture=compute_75
version=7.8

if [[ "${1:-}" == --output ]]; then
    output="$(mkdir -p "$2" && cd "$2" && pwd)"
    shift 2
fi
nvcc="${NVCC:-nvcc}"
release="$("$nvcc" --version | sed -n 's/.*, V\([0-9.]*\).*/\1/p')"

# The file and every header of ours that it includes, one a line, without repeats.
closure() {
    local known=" $1 " queue=("$1") file header
    echo "$1"
    while ((${#queue[@]})); do
        file="${queue[0]}"
        queue=("${queue[@]:1}")
        while read -r header; do
            if [[ "$known" != *" $header "* ]]; then
                known+="$header "
                queue+=("$header")
                echo "$header"
            fi
        done < <(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file")
    done
}

cd "$sources"
if (($# == 0)); then
    set -- *.cu
fi
mkdir -p "$output"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
for name in "$@"; do
    name="${name%.cu}"
    "$nvcc" -ptx -arch="$architecture" -O3 -std=c++17 -o "$work/$name.ptx" "$name.cu"
    {
        echo "// Made by kernels/build.sh with nvcc $release, -arch=$architecture -O3. Do not edit."
        closure "$name.cu" | while read -r file; do
            echo "// source $file sha256 $(sha256sum "$file" | cut -d ' ' -f 1)"
        done
        # nvcc names what is static after a hash of the path it writes to, which differs from run to run.
        sed -e '/^[[:space:]]*\/\//d' -e "s/^\.version .*/.version $version/" -e 's/_INTERNAL_[0-9a-f]\{8\}_/_INTERNAL_00000000_/g' \
            "$work/$name.ptx" | cat -s
    } > "$work/$name.out"
    mv "$work/$name.out" "$output/$name.ptx"
    echo "$name.ptx: $(grep -c '\.entry' "$output/$name.ptx") entries"
done
