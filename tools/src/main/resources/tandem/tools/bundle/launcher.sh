#!/bin/sh
# Starts Tandem from the folder of this file, at any path.
#   TANDEM_JVM_FLAGS  additional flags for the JVM, such as -Xmx8g
#   TANDEM_ARCHIVE    off: no archive of loaded classes
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
# An archive of the classes that a command for images loads: made when the command ends for the first time, mapped by later ones.
# The JVM ignores one that does not fit, but not one that is incomplete: before its first use it must have been written
# since the system started, to its end (the JVM writes the beginning last), and to the disk. Only this user can enter the
# folder.
archive=-Xshare:auto
folder=@CACHE@
case ${1:-} in predict | eval | watch | serve) ;; *) folder= ;; esac
case "${TANDEM_ARCHIVE:-} ${TANDEM_JVM_FLAGS:-}" in "off "* | *Archive* | *-Xshare*) folder= ;; esac
if [ -n "$folder" ] && folder=$folder/tandem/classes && (umask 077 && mkdir -p "$folder") 2>/dev/null && [ -O "$folder" ] && [ -w "$folder" ]; then
    command=$1
    place=$(printf %s "$root" | cksum)
    key=$(ls -ln "$root/app/tandem.jar" "$root/runtime/lib/modules" | cksum)
    file=$folder/$command-${place% *}-${key% *}.jsa
    boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)
    if [ -f "$file" ] && [ "$(cat "$file.checked" 2>/dev/null)" != "$(ls -ln "$file")" ]; then
        if [ ! -f "$file.checked" ] && [ "$(cat "$file.boot" 2>/dev/null)" = "$boot" ] && [ -n "$(head -c 4 "$file" | tr -d '\000')" ] && { sync "$file" || sync; } 2>/dev/null; then
            ls -ln "$file" >"$file.checked"
        else
            rm -f "$file"
        fi
    fi
    if [ -f "$file" ]; then archive=-XX:SharedArchiveFile=$file; else
        rm -f "$folder/$command-${place% *}-"*
        echo "$boot" >"$file.boot"
        archive=-XX:ArchiveClassesAtExit=$file
    fi
fi
# Without a locale, as in services and containers, Java reads and writes no file name beyond ASCII.
if [ "$(locale charmap 2>/dev/null || echo ANSI_X3.4-1968)" = ANSI_X3.4-1968 ]; then
    LC_ALL=C.UTF-8
    export LC_ALL
fi
if [ -t 2 ]; then columns=-Dtandem.columns=$(tput cols 2>/dev/null || echo 100); else columns=-Dtandem.bundle=true; fi
# shellcheck disable=SC2086  # word splitting is intended
exec "$root/runtime/bin/java" -XX:+UseParallelGC -Djava.awt.headless=true -Dtandem.launcher=true "$columns" "-Xlog:cds*=off"@FLAGS@ "$archive" \
    "-Dtandem.natives.bundled=$root/natives" "-Djava.library.path=@LIBRARIES@" -Dorg.bytedeco.javacpp.pathsFirst=true \
    "-Djna.boot.library.path=$root/natives" "-Dlibrary.jline.path=$root/natives" "-Dtandem.cublas.forwarder=$root/natives/cuda13/libcublas.so.12" ${TANDEM_JVM_FLAGS:-} \
    -cp "@CLASSPATH@" @MAIN@ "$@"
