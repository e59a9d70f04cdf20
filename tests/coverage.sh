#!/bin/sh
# Which lines of src/ does no test reach? Runs the C tests in a build that counts, prints the lines that were never executed, and fails when they are more
# than one in two hundred. Lines that give up for want of memory count like all others: the tests let every single allocation fail.
#
#   sh tests/coverage.sh          # the figures are also in build/coverage/coverage.json, build/coverage/html/index.html
set -eu
cd "$(dirname "$0")/.."
. src/cmake/setup.sh

check_tools() {
    need gcc has "${CC:-cc}"
    need cmake has cmake
    need make has make
    need pkg-config has pkg-config
    need libc6-dev has_header stdio.h
    need libcmocka-dev has_header cmocka.h
    need gcovr has gcovr
}
check_tools
install_missing check_tools

quietly build/log/configure-coverage.txt cmake --preset coverage -DRETAIN_EXAMPLES=OFF
quietly build/log/build-coverage.txt cmake --build --preset coverage -j "$(jobs)"
find build/coverage -name '*.gcda' -exec rm {} +
quietly build/log/coverage.txt ctest --preset coverage -j "$(jobs)" -LE 'consumers|lint|fuzz'
mkdir -p build/coverage/html
gcovr --root . --filter src/ --json-summary build/coverage/coverage.json --html-details build/coverage/html/index.html --txt - build/coverage |
    awk '$4 != "100%"'
gcovr --root . --filter src/ --fail-under-line 99.5 build/coverage >/dev/null
