#!/bin/sh
# Every test of libretain, in C, Python and PHP. Installs what is missing (saying so), builds, runs. Safe and quick to run again.
# Real data sets are used when RETAIN_DATA names their folder; tests that need one and do not find it are skipped and say so.
set -eu
cd "$(dirname "$0")/.."
. src/cmake/setup.sh

check_tools() {
    need gcc has "${CC:-cc}"
    need g++ has "${CXX:-c++}"
    need cmake has cmake
    need make has make
    need pkg-config has pkg-config
    need libc6-dev has_header stdio.h
    need libcmocka-dev has_header cmocka.h
    need libsqlite3-dev has_header sqlite3.h
    need sqlite3 has sqlite3
    need swig has swig
    need python3 has "${PYTHON:-python3}"
    need python3-venv "${PYTHON:-python3}" -c 'import ensurepip'
    need python3-dev "${PYTHON:-python3}" -c 'import os, sysconfig; assert os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h"))'
    need php-cli has php
    need php-dev has php-config
    need php-sqlite3 php -r 'exit(extension_loaded("pdo_sqlite") ? 0 : 1);'
    need phpunit has phpunit
    need doxygen has doxygen
}
check_tools
install_missing check_tools

python_with tests/python/requirements.txt build/venv
python=$PWD/build/venv/bin/python

say "== C: optimised build with both bindings"
quietly build/log/configure-bindings.txt cmake --preset bindings -DPython3_EXECUTABLE="$python"
quietly build/log/build-bindings.txt cmake --build --preset bindings -j "$(jobs)"
ctest --preset bindings -j "$(jobs)" -E "^(python|php)$"   # they come below, as a user has them

say "== C: address and undefined-behaviour sanitizers"
quietly build/log/configure-asan.txt cmake --preset asan -DRETAIN_EXAMPLES=OFF
quietly build/log/build-asan.txt cmake --build --preset asan -j "$(jobs)"
ctest --preset asan -j "$(jobs)" -LE 'consumers|lint|statistics'

say "== Python: installed with pip from this source tree"
quietly build/log/pip.txt "$python" -m pip install --disable-pip-version-check --no-deps --config-settings build-dir=build/pip .
"$python" -m pytest -q tests/python

say "== PHP"
php -d extension="$PWD/build/bindings/bindings/php/retain.so" "$(command -v phpunit)" --configuration tests/php/phpunit.xml

say "== Every example of the documentation"
"$python" tests/docs/run.py build/bindings/libretain.a build/bindings/bindings/php/retain.so

say "== The example report in three languages"
sh tests/report/run.sh

say "All tests passed."
