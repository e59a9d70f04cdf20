#!/bin/sh
# One real shop, end to end: loads an order file into SQLite and runs the example program retention_report on it.
# Installs what is missing (saying so). `sh examples/run.sh --help` explains.
set -eu
here=$(pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. src/cmake/setup.sh

usage() {
    cat <<'END'
Usage: sh examples/run.sh [--out FOLDER] [flags] [FILE]

Reads a CSV or CSV.gz file of orders, with a header row, and reports which customers stay, what they are worth and who is about to
leave. Without FILE: the 69,659 purchases of the music shop CDNOW that come with libretain.

FILE holds one order a row (customer, date or timestamp, value, optionally an order id), or one order line a row (invoice, timestamp,
customer, quantity, unit price): then an order is an invoice whose number does not begin with C (that marks a cancellation), with a
customer and a positive total. Columns are recognised by their names; these flags name them otherwise:

  --customer COLUMN  --date COLUMN  --value COLUMN  --order COLUMN
  --invoice COLUMN   --quantity COLUMN  --price COLUMN

  --responses FILE   answers to surveys: customer, date, score and, if you like, kind: nps (0 to 10, also where nothing is said),
                     csat (1 to 5) or ces (1 to 7)
  --events FILE      what happened to customers besides orders: customer, date, kind (ticket, return, late delivery ...)

  --tickets FILE     what customers asked: customer, opened, answered, resolved, with times of day
  --deliveries FILE  what was sent: customer, promised, delivered

  --out FOLDER       where report.html, the CSV files and the database orders.db go; default: build/report
  --help             this text

All other flags go to retention_report (build/examples/examples/retention_report --help), for instance
--language fa, --calendar jalali, --period quarter, --model mbg_nbd, --shop "My shop".
END
}

out=build/report
responses='' events='' tickets='' deliveries=''
file='' shop='' customer='' date='' value='' order='' invoice='' quantity='' price=''
passed=$(mktemp)
work=''
trap 'rm -rf "$passed" "$work"' EXIT
trap 'exit 130' INT TERM

absolute() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$here" "$1" ;; esac; }

while [ $# -gt 0 ]; do
    case $1 in
    --help) usage; exit 0 ;;
    --*=*) stop "write ${1%%=*} ${1#*=}, without =" ;;
    --*)
        [ $# -gt 1 ] || stop "$1 needs a value; see sh examples/run.sh --help"
        case $1 in
        --out) out=$(absolute "$2") ;;
        --shop) shop=$2 ;;
        --responses) responses=$(absolute "$2") ;;
        --events) events=$(absolute "$2") ;;
        --tickets) tickets=$(absolute "$2") ;;
        --deliveries) deliveries=$(absolute "$2") ;;
        --customer) customer=$2 ;;
        --date) date=$2 ;;
        --value) value=$2 ;;
        --order) order=$2 ;;
        --invoice) invoice=$2 ;;
        --quantity) quantity=$2 ;;
        --price) price=$2 ;;
        --database | --query) stop "$1 is for retention_report alone; this script makes the database from FILE" ;;
        *) printf '%s\n%s\n' "$1" "$2" >>"$passed" ;;
        esac
        shift 2
        ;;
    *)
        [ -z "$file" ] || stop "one file at a time: $file or $1?"
        file=$(absolute "$1")
        shift
        ;;
    esac
done
if [ -z "$file" ]; then
    file=examples/data/cdnow.csv.gz
    shop=${shop:-CDNOW}
fi
for given in "$file" "$responses" "$events" "$tickets" "$deliveries"; do
    [ -z "$given" ] || [ -f "$given" ] || stop "there is no file $given"
done
shop=${shop:-$(basename "$file" .gz)}
shop=${shop%.csv}

check_tools() {
    need gcc has "${CC:-cc}"
    need cmake has cmake
    need make has make
    need pkg-config has pkg-config
    need libc6-dev has_header stdio.h
    need libsqlite3-dev has_header sqlite3.h
    need sqlite3 has sqlite3
    need gzip has gzip
}
check_tools
install_missing check_tools

# Build the library and the program.
quietly build/log/configure-examples.txt cmake -S . -B build/examples -DCMAKE_BUILD_TYPE=Release -DRETAIN_TESTS=OFF -DRETAIN_EXAMPLES=ON
quietly build/log/build-examples.txt cmake --build build/examples --target retention_report -j "$(jobs)"

work=$(mktemp -d)
mkdir -p "$out" || stop "cannot make the folder $out"
database=$out/orders.db
rm -f "$database"

# import FILE: loads a file as it stands into the table `raw` of texts, and lists its columns in columns.txt.
import() {
    case $1 in
    *.gz) gzip -dc "$1" >"$work/rows.csv" || stop "cannot decompress $1" ;;
    *) cat "$1" >"$work/rows.csv" ;;
    esac
    [ -s "$work/rows.csv" ] || stop "$1 is empty"
    LC_ALL=C sed -i '1s/^\xef\xbb\xbf//' "$work/rows.csv"
    separator=,
    case $(head -n 1 "$work/rows.csv") in
    *,*) ;;
    *\;*) separator=';' ;;
    *"	"*) separator='\t' ;;
    esac
    sqlite3 -batch "$database" "DROP TABLE IF EXISTS raw" ".mode csv" ".separator \"$separator\" \"\\n\"" ".import $work/rows.csv raw" \
        >"$work/import.txt" 2>&1 || stop "sqlite3 cannot read $1 as CSV: $(head -n 3 "$work/import.txt")"
    if [ -s "$work/import.txt" ]; then
        head -n 3 "$work/import.txt" | sed "s|$work/rows.csv|$(basename "$1")|" >&2
    fi
    sqlite3 -batch "$database" "SELECT name FROM pragma_table_info('raw')" | tr -d '\r' >"$work/columns.txt"
    [ -s "$work/columns.txt" ] || stop "$1 has no rows below its header"
    columns=$(paste -sd ' ' "$work/columns.txt")
    from=$1
}

# Which column is which: names are compared in lower case, without anything but letters and digits.
plain() { printf '%s' "$1" | tr '[:upper:]' '[:lower:]' | tr -cd '[:alnum:]'; }
find_column() { # find_column GIVEN NAME...: the given column if it exists, else the first column called like one of the names
    given=$1
    shift
    if [ -n "$given" ]; then
        grep -qxF -- "$given" "$work/columns.txt" || stop "$from has no column \"$given\"; its columns are: $columns"
        printf '%s' "$given"
        return
    fi
    for name in "$@"; do
        while IFS= read -r column; do
            if [ "$(plain "$column")" = "$name" ]; then
                printf '%s' "$column"
                return
            fi
        done <"$work/columns.txt"
    done
}
find_customer() {
    find_column "$1" customerid customer custid customernumber clientid client userid user buyerid buyer householdid household memberid email
}
find_date() {
    find_column "$1" timestamp date time datetime orderdate ordertimestamp orderedat invoicedate createdat datecreated datecreatedgmt purchasedate transactiondate transactiontimestamp orderpurchasetimestamp day
}

import "$file"
customer=$(find_customer "$customer")
date=$(find_date "$date")
value=$(find_column "$value" value dollars amount ordervalue ordertotal total totalamount totalprice revenue nettotal netsales salesvalue sales spend euros pounds)
order=$(find_column "$order" orderid ordernumber orderno order transactionid basketid)
invoice=$(find_column "$invoice" invoice invoiceno invoiceid invoicenumber orderid ordernumber orderno order basketid)
quantity=$(find_column "$quantity" quantity qty units pieces)
price=$(find_column "$price" unitprice price itemprice)
[ -n "$customer" ] || stop "which column of $file is the customer? Say --customer COLUMN; its columns are: $columns"
[ -n "$date" ] || stop "which column of $file is the date? Say --date COLUMN; its columns are: $columns"

# SQL for the text of a column without the blanks around it: spaces, tabs, carriage returns, no-break spaces.
text() { printf '%s' "TRIM(\"$(printf '%s' "$1" | sed 's/"/""/g')\", char(9, 10, 13, 32, 160))"; }
# SQL for the text of a column of dates: 2024/01/31 can only mean 2024-01-31.
date_text() {
    printf "CASE WHEN %s GLOB '[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]*' THEN REPLACE(%s, '/', '-') ELSE %s END" \
        "$(text "$1")" "$(text "$1")" "$(text "$1")"
}
# An order without a number is an order of its own: SQL for the text of its column, else for the line.
own() { printf "CASE WHEN COALESCE(%s, '') = '' THEN 'line ' || (rowid + 1) ELSE %s END" "$1" "$1"; }
# What to do about a text that is no number.
advise() {
    case $1 in
    *[!-0-9.,\ +eE]*) printf '; write the number alone, without a currency or a unit: 12.50' ;;
    *,*) printf '; write a point before the decimals and nothing between thousands: 1234.50' ;;
    esac
}
who=$(text "$customer")
refuse_bad() { # refuse_bad COLUMN: stops at the first row whose column is no number
    # A column of type REAL turns a text into a number only when all of it is one.
    bad=$(sqlite3 -batch "$database" "CREATE TEMP TABLE number (line INTEGER, text TEXT, value REAL);
        INSERT INTO number SELECT rowid + 1, $(text "$1"), $(text "$1") FROM raw WHERE $who <> '';
        SELECT line || ' has \"' || COALESCE(text, '') || '\"' FROM number WHERE TYPEOF(value) <> 'real' LIMIT 1")
    bare=${bad#*\"}
    [ -z "$bad" ] || stop "$from: line $bad in column $1, which must be a number$(advise "${bare%\"}")"
}
query="SELECT customer, time, value FROM orders"
if [ -n "$value" ]; then
    refuse_bad "$value"
    money="CAST($(text "$value") AS REAL)"
    extra=
    if [ -n "$order" ]; then
        extra=", $(own "$(text "$order")") AS order_id"
        query="SELECT customer, time, value, order_id FROM orders"
    fi
    sqlite3 -batch "$database" "CREATE TABLE orders AS SELECT $who AS customer, $(date_text "$date") AS time,
        $money AS value$extra FROM raw WHERE $who <> '' ORDER BY rowid" ||
        stop "sqlite3 could not make the table of orders"
elif [ -n "$invoice" ] && [ -n "$quantity" ] && [ -n "$price" ]; then
    refuse_bad "$quantity"
    refuse_bad "$price"
    money="CAST($(text "$quantity") AS REAL) * CAST($(text "$price") AS REAL)"
    cancelled="(COALESCE($(text "$invoice"), '') LIKE 'C%')"
    # The columns beside MIN(rowid) come from the row of the minimum: the invoice's first line.
    sqlite3 -batch "$database" "CREATE TABLE orders AS SELECT customer, time, value FROM (
        SELECT $who AS customer, $(date_text "$date") AS time,
               SUM($money) AS value, MIN(rowid) AS line
        FROM raw WHERE $who <> '' AND NOT $cancelled
        GROUP BY $(own "$(text "$invoice")") HAVING value > 0) ORDER BY line" || stop "sqlite3 could not make the table of orders"
else
    stop "$file has no column of values, and not all of invoice, quantity and price. Say --value COLUMN, or name those; its columns are: $columns"
fi
# What is in the file but not among the orders: the table left_out, which the page shows.
sqlite3 -batch "$database" "CREATE TABLE left_out (reason TEXT, rows INTEGER, value REAL)" \
    "INSERT INTO left_out SELECT 'no customer', COUNT(*), TOTAL($money) FROM raw WHERE COALESCE($who, '') = '' HAVING COUNT(*) > 0" ||
    stop "sqlite3 could not count the rows that are left out"
if [ -n "${cancelled:-}" ]; then
    sqlite3 -batch "$database" "INSERT INTO left_out SELECT 'cancelled invoice', COUNT(*), TOTAL($money) FROM raw
            WHERE $who <> '' AND $cancelled HAVING COUNT(*) > 0" \
        "INSERT INTO left_out SELECT 'total not positive', TOTAL(lines), TOTAL(money) FROM (
            SELECT COUNT(*) AS lines, TOTAL($money) AS money FROM raw WHERE $who <> '' AND NOT $cancelled
            GROUP BY $(own "$(text "$invoice")")) WHERE money <= 0 HAVING COUNT(*) > 0" ||
        stop "sqlite3 could not count the rows that are left out"
fi
say "Loaded $(sqlite3 -batch "$database" "SELECT COUNT(*) FROM orders") orders from $(basename "$file")."

say_left_out() { # rows of the file at hand that nobody can be found for
    anonymous=$(sqlite3 -batch "$database" "SELECT COUNT(*) FROM raw WHERE COALESCE($who, '') = ''")
    [ "$anonymous" = 0 ] || say "Left out: $anonymous rows without a customer."
}
# load_more FILE TABLE NUMBER TEXT: makes a table of customer, time, and the columns NUMBER and TEXT as far as the file has them.
load_more() {
    import "$1"
    customer=$(find_customer '')
    date=$(find_date '')
    [ -n "$customer" ] || stop "which column of $1 is the customer? Call it customer; its columns are: $columns"
    [ -n "$date" ] || stop "which column of $1 is the date? Call it date; its columns are: $columns"
    who=$(text "$customer")
    number=$(find_column '' "$3")
    kind=$(find_column '' "$4" type)
    value=NULL what=NULL
    if [ -n "$number" ]; then
        [ "$2" = events ] || refuse_bad "$number"
        value="CAST(NULLIF($(text "$number"), '') AS REAL)"
    elif [ "$2" = responses ]; then
        stop "which column of $1 is the score? Call it score; its columns are: $columns"
    fi
    if [ -n "$kind" ]; then
        what="NULLIF($(text "$kind"), '')"
    elif [ "$2" = events ]; then
        stop "which column of $1 is the kind of event? Call it kind; its columns are: $columns"
    fi
    sqlite3 -batch "$database" "CREATE TABLE $2 AS SELECT $who AS customer, $(date_text "$date") AS time, $value AS $3, $what AS kind
        FROM raw WHERE $who <> '' ORDER BY rowid" || stop "sqlite3 could not make the table of $2"
    say "Loaded $(sqlite3 -batch "$database" "SELECT COUNT(*) FROM $2") $2 from $(basename "$1")."
    say_left_out
}
# load_moments FILE TABLE COLUMN...: makes a table of customer and moments; what has not happened is NULL.
load_moments() {
    import "$1"
    moments_file=$1 table=$2 cells=
    shift 2
    customer=$(find_customer '')
    [ -n "$customer" ] || stop "which column of $moments_file is the customer? Call it customer; its columns are: $columns"
    who=$(text "$customer")
    first=$1
    for moment in "$@"; do
        column=$(find_column '' "$moment" "${moment}at" "${moment}on")
        if [ -n "$column" ]; then
            cells="$cells, NULLIF($(date_text "$column"), '') AS $moment"
        elif [ "$moment" = "$first" ]; then
            stop "which column of $moments_file is $moment? Call it $moment; its columns are: $columns"
        else
            cells="$cells, NULL AS $moment"
        fi
    done
    sqlite3 -batch "$database" "CREATE TABLE $table AS SELECT $who AS customer$cells FROM raw WHERE $who <> '' ORDER BY rowid" ||
        stop "sqlite3 could not make the table of $table"
    say "Loaded $(sqlite3 -batch "$database" "SELECT COUNT(*) FROM $table") $table from $(basename "$moments_file")."
    say_left_out
}
[ -z "$responses" ] || load_more "$responses" responses score kind
[ -z "$events" ] || load_more "$events" events value kind
[ -z "$tickets" ] || load_moments "$tickets" tickets opened answered resolved
[ -z "$deliveries" ] || load_moments "$deliveries" deliveries promised delivered

sqlite3 -batch "$database" "DROP TABLE raw; VACUUM"
set -- --database "$database" --query "$query" --out "$out" --shop "$shop"
while IFS= read -r word; do
    set -- "$@" "$word"
done <"$passed"
build/examples/examples/retention_report "$@"
