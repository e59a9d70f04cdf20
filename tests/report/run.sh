#!/bin/sh
# The example report in three languages: the same figures from C, Python and PHP, the retention and cohort tables against a second
# computation by plain sets, and clear sentences for everything that can go wrong. Called by tests/run.sh after the builds.
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON_VENV:-build/venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 passed=0

pass() { passed=$((passed + 1)); }
fail() { printf 'FAILED: %s\n' "$*"; failed=$((failed + 1)); }

# three_languages NAME [FILE]
three_languages() {
    name=$1
    shift
    sh examples/run.sh --out "$work/$name" "$@" >"$work/$name.txt" 2>&1 || { fail "$name in C: $(tail -n 3 "$work/$name.txt")"; return; }
    "$python" examples/retention_report.py "$work/$name/orders.db" "$work/$name-python" || { fail "$name in Python"; return; }
    php -d extension="$PWD/build/bindings/bindings/php/retain.so" examples/retention_report.php "$work/$name/orders.db" "$work/$name-php" ||
        { fail "$name in PHP"; return; }
    "$python" tests/report/check.py "$work/$name" "$work/$name-python" "$work/$name-php" || { fail "$name: figures differ"; return; }
    pass
}

# refuses WORDS COMMAND...: the command must fail and say WORDS on stderr.
refuses() {
    words=$1
    shift
    if "$@" >"$work/out.txt" 2>"$work/error.txt"; then
        fail "no error: $*"
    elif grep -qF -- "$words" "$work/error.txt"; then
        pass
    else
        fail "\"$words\" is not in the error of $*: $(cat "$work/error.txt")"
    fi
}

three_languages cdnow
if [ -n "${RETAIN_DATA:-}" ]; then
    three_languages online_retail "$RETAIN_DATA/online_retail/online_retail.csv.gz"
else
    echo "RETAIN_DATA is not set: the report on Online Retail is skipped"
fi

report=build/examples/examples/retention_report
refuses "no column of values" sh -c "printf 'customer_id,date\n1,2024-01-01\n' >$work/a.csv; sh examples/run.sh --out $work/x $work/a.csv"
refuses "there is no file" sh examples/run.sh --out "$work/x" "$work/missing.csv"
refuses 'has no column "who"' sh examples/run.sh --out "$work/x" --customer who examples/data/cdnow.csv.gz
refuses "must be a number" sh -c "printf 'customer_id,date,value\n1,2024-01-01,abc\n' >$work/b.csv; sh examples/run.sh --out $work/x $work/b.csv"
refuses 'line 3 has "-" in column value, which must be a number' sh -c "printf 'customer_id,date,value\n1,2024-01-01,5\n1,2024-01-02,-\n' >$work/b.csv; sh examples/run.sh --out $work/x $work/b.csv"
refuses "must be an ISO date" sh -c "printf 'customer_id,date,value\n1,01/02/2024,5\n' >$work/c.csv; sh examples/run.sh --out $work/x $work/c.csv"
refuses "no rows" sh -c "printf 'customer_id,date,value\n' >$work/d.csv; sh examples/run.sh --out $work/x $work/d.csv"
refuses "is empty" sh -c ": >$work/e.csv; sh examples/run.sh --out $work/x $work/e.csv"
refuses "is unknown; it is one of gregorian, jalali" $report --database "$work/cdnow/orders.db" --calendar julian
refuses "see retention_report --help" $report --frobnicate
refuses "--database is missing" $report
refuses "cannot open the database" $report --database "$work/missing.db"
refuses "no such table" $report --database "$work/cdnow/orders.db" --query "SELECT a, b, c FROM nowhere"
refuses "gives no rows" $report --database "$work/cdnow/orders.db" --query "SELECT customer, time, value FROM orders WHERE 0"
refuses "no such time zone" $report --database "$work/cdnow/orders.db" --query "SELECT customer, 1700000000, value FROM orders" --zone Mars/Olympus
refuses "no such time zone" $report --database "$work/cdnow/orders.db" --query "SELECT customer, 1700000000, value FROM orders" --zone Asia
refuses "write --out" sh examples/run.sh --out="$work/x" examples/data/cdnow.csv.gz
refuses "must select customer, time, value" $report --database "$work/cdnow/orders.db" --query "SELECT customer FROM orders"

# Every flag does something, and no small or odd shop upsets the program.
accepts() {
    if "$@" >"$work/out.txt" 2>"$work/error.txt"; then pass; else fail "$*: $(cat "$work/error.txt")"; fi
}
accepts $report --help
accepts $report --database "$work/cdnow/orders.db" --out "$work/y" --calendar jalali --period quarter --model mbg_nbd --horizon 30 --window 60 --threads 2
accepts $report --database "$work/cdnow/orders.db" --out "$work/y" --period week --week-start saturday --model bg_nbd --margin 0.3 --discount 0
accepts $report --database "$work/cdnow/orders.db" --out "$work/y" --query "SELECT customer, unixepoch(time), value FROM orders" --zone Asia/Tehran
accepts sh -c "printf 'customer_id,date,value\n1,2024-01-01,5\n' >$work/f.csv; sh examples/run.sh --out $work/z $work/f.csv"
accepts sh -c "printf 'Order ID;Customer;Date;Total\n1;a<b;2024-01-01;5\n1;a<b;2024-01-02;-5\n2;\"c;d\";2024-02-01;7\n' >$work/g.csv; sh examples/run.sh --out $work/z $work/g.csv"


# says WORDS COMMAND...: the command must succeed and say WORDS.
says() {
    words=$1
    shift
    if "$@" >"$work/out.txt" 2>"$work/error.txt" && grep -qF -- "$words" "$work/out.txt"; then
        pass
    else
        fail "\"$words\" is not in the output of $*: $(cat "$work/out.txt" "$work/error.txt")"
    fi
}
says "3 orders, 17.00 of revenue" sh -c "printf 'customer,date,value,order_id\n1,2024-01-01,5,\n1,2024-01-08,5,\n1,2024-02-01,7,x\n' >$work/h.csv; sh examples/run.sh --out $work/z $work/h.csv"
says "of revenue, 2023-01-07 to 2023-01-08" sh -c "printf 'customer,time,value\n1,1673051696,5\n1,1673138096,5\n' >$work/i.csv; sh examples/run.sh --out $work/z $work/i.csv"

says "rows of cancelled invoices" sh -c "printf 'Invoice,Date,Customer,Quantity,Price\nA1,2024-01-01,a,1,5\nC2,2024-01-02,a,-1,5\n' >$work/j.csv; sh examples/run.sh --out $work/z $work/j.csv"
says "1 orders, 5.00 of revenue" sh examples/run.sh --out "$work/z" "$work/j.csv"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
