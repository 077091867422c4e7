#!/bin/sh
# Starts Tandem from the folder that this file lies in, wherever that is.
#   TANDEM_JVM_FLAGS  more flags for the JVM, such as -Xmx8g
self=$(readlink -f -- "$0") || exit 1
root=$(cd -- "$(dirname -- "$self")@UP@" && pwd) || exit 1
case $root in
    *:*)
        echo "tandem: the path $root has a colon, which Java takes for the end of a path; move the folder" >&2
        exit 1
        ;;
esac
if [ ! -x "$root/runtime/bin/java" ]; then
    echo "tandem: $root/runtime/bin/java is missing or cannot be run; unpack the bundle again, with tar -xJf" >&2
    exit 1
fi
# After the user's own: what the runtime needs and this system may lack.
if [ -d "$root/runtime/lib/system" ]; then
    LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$root/runtime/lib/system
    export LD_LIBRARY_PATH
fi
if [ -t 2 ]; then columns=-Dtandem.columns=$(tput cols 2>/dev/null || echo 100); else columns=-Dtandem.bundle=true; fi
# shellcheck disable=SC2086  # the flags are meant to be split
exec "$root/runtime/bin/java" -XX:+UseParallelGC -Djava.awt.headless=true -Dtandem.launcher=true "$columns"@FLAGS@ \
    "-Dtandem.natives.bundled=$root/natives" "-Djava.library.path=$root/natives" \
    "-Djna.boot.library.path=$root/natives" "-Dlibrary.jline.path=$root/natives" "-Dtandem.cublas.forwarder=$root/natives/cuda13/libcublas.so.12" ${TANDEM_JVM_FLAGS:-} \
    -cp "@CLASSPATH@" @MAIN@ "$@"
