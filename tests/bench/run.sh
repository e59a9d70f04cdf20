#!/bin/sh
# Measures each module beside the software a user would pick instead, in the same run on the same data, and compares the results of the two. Prints a table of
# ratios; the figures are also in build/bench as results.json, results.csv and table.md. Time decides nothing; different results do.
#
#   sh tests/bench/run.sh [--quick] [--rows N] [--customers N] [--threads N,N] [--repeat N] [--only MODULE,...] [--no-peers]
#
#   --rows        orders in the log (10M; --quick: 1M). N may end in K or M. DuckDB takes about 11 GB for 100M
#   --customers   customers that models are fitted to (1M; --quick: 100K)
#   --threads     numbers of threads the library is measured with (1,2); ratios are those of the first
#   --repeat      runs of each task, of which the fastest counts (5)
#   --only        modules (all that have a bench_MODULE.c here)
#   --no-peers    the library alone, without Python
set -eu
cd "$(dirname "$0")/../.."
. src/cmake/setup.sh

rows=10M customers=1M threads=1,2 repeat=5 peers=yes only='' modules=''
while [ $# -gt 0 ]; do
    case $1 in
        --quick) rows=1M customers=100K ;;
        --rows) rows=$2; shift ;;
        --customers) customers=$2; shift ;;
        --threads) threads=$2; shift ;;
        --repeat) repeat=$2; shift ;;
        --only) only=$(printf '%s' "$2" | tr , ' '); shift ;;
        --no-peers) peers=no ;;
        *) sed -n 's/^#   \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
    shift
done

asks_r() { grep -qs r_peer "tests/bench/peers_$1.py"; }

check_tools() {
    need gcc has "${CC:-cc}"
    need cmake has cmake
    need make has make
    need libc6-dev has_header stdio.h
    need pkg-config has pkg-config
    need libcmocka-dev has_header cmocka.h
    [ $peers = no ] || need python3-venv "${PYTHON:-python3}" -c 'import ensurepip'
    [ $peers = no ] || [ $r = no ] || need r-cran-survival Rscript -e 'library(survival)'
}

targets='' r=no
for source in tests/bench/bench_*.c; do
    module=${source#tests/bench/bench_}
    case " ${only:-${module%.c}} " in
        *" ${module%.c} "*) ;;
        *) continue ;;
    esac
    modules="$modules ${module%.c}" targets="$targets bench_${module%.c}"
    if asks_r "${module%.c}"; then r=yes; fi
done
[ -n "$targets" ] || stop "No such module: $only"
check_tools
install_missing check_tools
quietly build/log/configure-bench.txt cmake -S . -B build/bench/cmake -DCMAKE_BUILD_TYPE=Release -DRETAIN_EXAMPLES=OFF
# shellcheck disable=SC2086 # the list is meant to be split
quietly build/log/build-bench.txt cmake --build build/bench/cmake --target $targets -j "$(jobs)"
[ $peers = no ] || python_with tests/bench/requirements.txt build/bench/venv

lines=build/bench/lines.txt
data=build/bench/data
: >$lines
trap 'rm -rf "$data"' EXIT
mkdir -p $data
for module in $modules; do
    say "== $module"
    case $module in
        accelerated | boosting | btyd | calibration | churn_plan | clv_interval | clv_plan | concordance | contract | cox | evaluation | hazard | logistic | rfm | scoring | spend | survival) size=$customers ;;
        btyd_dynamic | btyd_pool | draws) size=100K ;;
        *) size=$rows ;;
    esac
    build/bench/cmake/tests/bench/bench_"$module" --rows "$size" --threads "$threads" --repeat "$repeat" --write $data/"$module" >>$lines
    if [ $peers = yes ] && [ -f tests/bench/peers_"$module".py ]; then
        build/bench/venv/bin/python tests/bench/peers_"$module".py $data/"$module" --repeat "$repeat" >>$lines
    fi
    rm -rf "${data:?}/$module"
done
"${PYTHON:-python3}" tests/bench/report.py $lines build/bench
