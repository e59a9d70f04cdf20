#!/bin/sh
# The PHP tests under valgrind: sh tests/php/valgrind.sh EXTENSION [PHPUNIT ARGUMENTS], for instance --filter OrdersTest; all of them take a while.
# Fails when a test fails, or when an error or a leak has a frame of the extension in it. PHP's own reports (its regular expressions read ahead) are
# not ours and do not count.
set -eu
extension=$(realpath "$1")
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# PHP's own allocator would hide errors; modules must stay loaded, so that their names are in the report.
USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1 valgrind --leak-check=full --show-leak-kinds=definite,indirect --num-callers=30 --log-file="$log" \
    php -d extension="$extension" -d pcre.jit=0 -d opcache.enable_cli=0 "$(command -v phpunit)" --configuration "$(dirname "$0")/phpunit.xml" "$@"
if grep -E '(in .*/retain\.so\)|: (retain_|zif_retain_|zim_Retain_))' "$log" >/dev/null; then
    cat "$log" >&2
    exit 1
fi
grep "ERROR SUMMARY" "$log"
