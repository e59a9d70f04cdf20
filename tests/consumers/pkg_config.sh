#!/bin/sh
# pkg_config.sh PREFIX LIBDIR shared|static CC CXX: builds and runs both consumers with what pkg-config says.
set -eu
sources=$(cd "$(dirname "$0")" && pwd)
libdir=$1/$2
mode=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PKG_CONFIG_PATH=$libdir/pkgconfig
export PKG_CONFIG_PATH

if [ "$mode" = static ]; then
    flags="-static $(pkg-config --static --cflags --libs libretain)"
else
    flags=$(pkg-config --cflags --libs libretain)
    LD_LIBRARY_PATH=$libdir
    export LD_LIBRARY_PATH
fi
# shellcheck disable=SC2086 # flags are a list
"$4" -std=c11 -Wall -Wextra -pedantic -Werror "$sources/consumer.c" $flags -o "$work/consumer_c"
# shellcheck disable=SC2086
"$5" -std=c++17 -Wall -Wextra -pedantic -Werror "$sources/consumer.cpp" $flags -o "$work/consumer_cpp"
"$work/consumer_c"
"$work/consumer_cpp"
