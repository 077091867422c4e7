#!/usr/bin/env bash
# Makes a bundle and runs it as on a minimal machine: doctor, demo and predict in a root folder with only a C library, a shell and a
# few basic commands, without a network, with the bundle mounted read-only at a path with a space and started through a symbolic link.
# Compares its predictions with those of the checkout.
#   tests/bundle-offline.sh [ARCHIVE]     ARCHIVE: an existing bundle, .tar.xz
# Where namespaces are not permitted, runs it with an empty environment instead and prints that.
set -euo pipefail
cd "$(dirname "$0")/.."
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

archive="${1:-}"
if [ -z "$archive" ]; then
    ./tandem bundle --output "$folder/made/tandem"
    archive="$folder/made/tandem.tar.xz"
fi
bytes="$(stat -c %s "$archive")"
[ "$bytes" -lt $((60 << 20)) ] || fail "the archive has $bytes bytes, more than 60 MiB"

root="$folder/root"
mkdir -p "$root"/{bin,lib64,usr/bin,tmp,proc,dev,out,home} "$root/line machine"
tar -xJf "$archive" -C "$root/line machine"
bundle="$(ls "$root/line machine")"
(cd "$root/line machine/$bundle" && sha256sum --quiet -c SHA256SUMS) || fail "the sums in SHA256SUMS do not agree"

# What every system has: a C and a C++ library, a shell, and the commands that the launcher calls.
copy() { mkdir -p "$root$(dirname "$1")"; cp -L "$1" "$root$1"; }
for program in sh readlink dirname; do
    path="$(command -v "$program")"
    cp -L "$path" "$root/bin/$program"
    for library in $(ldd "$path" | grep -o '/[^ ]*'); do copy "$library"; done
done
for library in $(ldd "$root/line machine/$bundle/natives/org/bytedeco/dnnl/linux-x86_64/libjnidnnl.so" | grep -oE '/[^ ]*/(libc|libm|libdl|libstdc\+\+|libgcc_s|librt|libpthread)\.so[^ ]*'); do copy "$library"; done
for name in libdl.so.2 librt.so.1 libpthread.so.0; do
    library="$(ldconfig -p | sed -n "s#.*$name .*x86-64.* => ##p" | head -n 1)"
    [ -z "$library" ] || copy "$library"
done

cat >"$root/run.sh" <<'SCRIPT'
set -eu
out="$1"
tandem="$2"
"$tandem" doctor >"$out/doctor.txt"
"$tandem" demo --epochs 1 --minutes 0.6 --output "$out/demo"
set -- "$out"/demo/data/JPEGImages/*77.jpg
"$tandem" predict --weights "$out/demo/checkpoint.safetensors" --score 0.01 --device cpu --threads 2 --output "$out/predict" "$@"
cat /proc/net/route 2>/dev/null >"$out/routes.txt" || true
SCRIPT
cp -L "$(command -v cat)" "$root/bin/cat"

if unshare -rnm true 2>/dev/null; then
    how="in a bare root without network"
    unshare -rnm bash -c '
        set -e
        root="$1"; bundle="$2"
        mount --bind "$root/line machine" "$root/line machine"
        mount -o remount,bind,ro "$root/line machine"
        mount --rbind /proc "$root/proc"
        mount --rbind /dev "$root/dev"
        ! touch "$root/line machine/$bundle/x" 2>/dev/null || { echo "the bundle can be written to" >&2; exit 1; }
        ln -s "/line machine/$bundle/tandem" "$root/usr/bin/tandem"
        exec env -i PATH=/bin:/usr/bin:/usr/sbin:/sbin HOME=/home chroot "$root" /bin/sh /run.sh /out /usr/bin/tandem
    ' bash "$root" "$bundle"
    out="$root/out"
    [ "$(grep -vc Iface "$out/routes.txt" || true)" = 0 ] || fail "there is a route to a network"
    home="/line machine/$bundle/runtime"
else
    how="with an empty environment (namespaces are not permitted here: the network was there, and so were the system's libraries)"
    out="$root/out"
    ln -s "$root/line machine/$bundle/tandem" "$root/usr/bin/tandem"
    env -i PATH=/usr/bin:/bin HOME="$root/home" sh "$root/run.sh" "$out" "$root/usr/bin/tandem"
    home="$root/line machine/$bundle/runtime"
fi

grep -q "$home" "$out/doctor.txt" || fail "doctor names another Java than the bundle's: $(cat "$out/doctor.txt")"
grep -Eq '^ +cpu +ready' "$out/doctor.txt" || fail "the processor is not ready: $(cat "$out/doctor.txt")"
grep -q '^PTX assembler works' "$out/doctor.txt" || fail "the assembler does not work: $(cat "$out/doctor.txt")"
[ -z "$(find "$root/home" -type f)" ] || fail "files were left in the home folder: $(find "$root/home" -type f)"

# The demo's folder moved; the checkout predicts from the same checkpoint and pictures.
./tandem predict --weights "$out/demo/checkpoint.safetensors" --score 0.01 --device cpu --threads 2 --output "$folder/here" "$out"/demo/data/JPEGImages/*77.jpg
cmp "$folder/here/results.json" "$out/predict/results.json" || fail "the bundle predicts other boxes than the checkout"
pictures=0
for mask in "$folder"/here/masks/*.png; do
    cmp "$mask" "$out/predict/masks/$(basename "$mask")" || fail "the bundle predicts another mask than the checkout"
    [ -s "$out/predict/overlays/$(basename "$mask")" ] || fail "the overlay of $(basename "$mask") is missing"
    pictures=$((pictures + 1))
done
[ "$pictures" -gt 0 ] || fail "no picture was predicted"
[ -s "$out/demo/result.json" ] || fail "the demo left no result.json"
printf 'PASSED: doctor, demo and predict ran %s; boxes and masks of %s pictures are those of the checkout; the archive has %s bytes\n' "$how" "$pictures" "$bytes"
