#!/bin/sh
# Starts Tandem from the folder of this file, at any path.
#   TANDEM_JVM_FLAGS  additional flags for the JVM, such as -Xmx8g
self=$(readlink -f -- "$0") || exit 1
root=$(cd -- "$(dirname -- "$self")@UP@" && pwd) || exit 1
case $root in
    *:*)
        echo "tandem: the path $root has a colon, which separates paths in Java; move the folder" >&2
        exit 1
        ;;
esac
if [ ! -x "$root/runtime/bin/java" ]; then
    echo "tandem: $root/runtime/bin/java is missing or cannot be run; unpack the bundle again with tar -xJf" >&2
    exit 1
fi
# After the entries of the user: libraries that the runtime needs and this system may lack.
if [ -d "$root/runtime/lib/system" ]; then
    LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$root/runtime/lib/system
    export LD_LIBRARY_PATH
fi
if [ -t 2 ]; then columns=-Dtandem.columns=$(tput cols 2>/dev/null || echo 100); else columns=-Dtandem.bundle=true; fi
# shellcheck disable=SC2086  # word splitting is intended
exec "$root/runtime/bin/java" -XX:+UseParallelGC -Djava.awt.headless=true -Dtandem.launcher=true "$columns"@FLAGS@ \
    "-Dtandem.natives.bundled=$root/natives" "-Djava.library.path=$root/natives" \
    "-Djna.boot.library.path=$root/natives" "-Dlibrary.jline.path=$root/natives" "-Dtandem.cublas.forwarder=$root/natives/cuda13/libcublas.so.12" ${TANDEM_JVM_FLAGS:-} \
    -cp "@CLASSPATH@" @MAIN@ "$@"
