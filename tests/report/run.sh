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

# three_languages NAME [--model MODEL] [FILE]
three_languages() {
    name=$1
    shift
    model=pareto_nbd
    if [ "${1:-}" = --model ]; then model=$2; fi
    sh examples/run.sh --out "$work/$name" "$@" >"$work/$name.txt" 2>&1 || { fail "$name in C: $(tail -n 3 "$work/$name.txt")"; return; }
    "$python" examples/retention_report.py "$work/$name/orders.db" "$work/$name-python" "$model" || { fail "$name in Python"; return; }
    php -d extension="$PWD/build/bindings/bindings/php/retain.so" examples/retention_report.php "$work/$name/orders.db" "$work/$name-php" "$model" ||
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
# Unix seconds, blanks around ids, ids that a spreadsheet would compute, and too few customers for any model.
printf 'customer,time,value\n 7 ,1673051696,5\n7,1673138096,5\n\t8,1673138096,5\n=1+1,1673138096,5\n-x,1673051696,1\n+98 912,1673051696,2\n@shop,1673051696,3\n' >"$work/seconds.csv"
three_languages seconds "$work/seconds.csv"
# Families that are fitted when they are asked for, on one customer of forty.
gzip -dc examples/data/cdnow.csv.gz | awk -F, 'NR == 1 || ($1 + 0) % 40 == 0' >"$work/small.csv"
for family in nbd gg_nbd mbg_cnbd; do
    three_languages "$family" --model "$family" "$work/small.csv"
done
# Amounts that lie so far apart that there is no typical one: nobody can be valued, and nobody is put first.
gzip -dc examples/data/cdnow.csv.gz | awk -F, 'NR == 1 { print "customer,date,value"; next } ($1 + 0) % 10 == 0 { own = exp(($1 * 7919) % 1000 / 40); print $1 "," $2 "," own * (1 + ($1 + $2 + NR) % 7 / 10) }' >"$work/apart.csv"
three_languages apart "$work/apart.csv"
if [ -n "${RETAIN_DATA:-}" ]; then
    three_languages online_retail "$RETAIN_DATA/online_retail/online_retail.csv.gz"
else
    echo "RETAIN_DATA is not set: the report on Online Retail is skipped"
fi

if "$python" tests/report/phrases.py examples/report/phrases.def; then pass; else fail "the phrases of the report"; fi

report=build/examples/examples/retention_report
refuses "no column of values" sh -c "printf 'customer_id,date\n1,2024-01-01\n' >$work/a.csv; sh examples/run.sh --out $work/x $work/a.csv"
refuses "there is no file" sh examples/run.sh --out "$work/x" "$work/missing.csv"
refuses 'has no column "who"' sh examples/run.sh --out "$work/x" --customer who examples/data/cdnow.csv.gz
refuses "must be a number" sh -c "printf 'customer_id,date,value\n1,2024-01-01,abc\n' >$work/b.csv; sh examples/run.sh --out $work/x $work/b.csv"
refuses 'line 3 has "-" in column value, which must be a number' sh -c "printf 'customer_id,date,value\n1,2024-01-01,5\n1,2024-01-02,-\n' >$work/b.csv; sh examples/run.sh --out $work/x $work/b.csv"
# one_order CELLS [FLAG...]: the report on a file of one order with these cells: customer, date, value.
one_order() { printf 'customer_id;date;value\n%s\n' "$1" >"$work/c.csv"; shift; sh examples/run.sh --out "$work/x" "$@" "$work/c.csv"; }
refuses "2202-03-01 (customer 2): 2163 periods. Is a year mistyped?" one_order '1;2022-01-05;5
2;2202-03-01;7'
refuses "must be an ISO date" one_order '1;yesterday;5'
refuses "2024-02-01 or 2024-01-02, whichever is meant" one_order '1;01/02/2024;5'
refuses "write it as an ISO date, year-month-day: 2023-10-19" one_order '1;19.10.2023;5'
refuses "write it as an ISO date, year-month-day: 2023-10-19" one_order '1;10/19/2023;5'
refuses "two digits each: 2023-01-05" one_order '1;2023-1-5;5'
refuses "say --dates jalali" one_order '1;1402-07-27;5'
refuses "there is no such date" one_order '1;2023-02-29;5'
refuses "there is no such date" one_order '1;1402/07/31;5' --dates jalali
refuses "write a point before the decimals and nothing between thousands: 1234.50" one_order '1;2024-01-01;12,50'
refuses "write the number alone, without a currency or a unit: 12.50" one_order '1;2024-01-01;€12.50'
refuses "write the number alone, without a currency or a unit: 12.50" one_order '1;2024-01-01;12.50 EUR'
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
nothing="there is nothing to report"
refuses "$nothing" one_order '1;2024-01-01;0'
refuses "$nothing" "$python" examples/retention_report.py "$work/x/orders.db" "$work/x"
refuses "$nothing" php -d extension="$PWD/build/bindings/bindings/php/retain.so" examples/retention_report.php "$work/x/orders.db" "$work/x"
accepts $report --database "$work/cdnow/orders.db" --out "$work/y" --calendar jalali --period quarter --model mbg_nbd --horizon 30 --window 60 --threads 2
accepts $report --database "$work/cdnow/orders.db" --out "$work/y" --period week --week-start saturday --model bg_nbd --margin 0.3 --discount 0
accepts $report --database "$work/cdnow/orders.db" --out "$work/y" --query "SELECT customer, unixepoch(time), value FROM orders" --zone Asia/Tehran
accepts $report --database "$work/seconds/orders.db" --out "$work/y" --language fa --calendar gregorian --period quarter
accepts $report --database "$work/seconds/orders.db" --out "$work/y" --language ar --calendar jalali --period week
accepts sh -c "printf 'customer_id,date,value\n1,2024-01-01,5\n' >$work/f.csv; sh examples/run.sh --out $work/z $work/f.csv"
accepts sh -c "printf 'Order ID;Customer;Date;Total\n1;a<b;2024-01-01;5\n1;a<b;2024-01-02;-5\n2;\"c;d\";2024-02-01;7\n' >$work/g.csv; sh examples/run.sh --out $work/z $work/g.csv"


# says WORDS COMMAND...: the command must succeed and say WORDS.
says() {
    words=$1
    shift
    # without the marks that keep text from right to left in order
    if "$@" >"$work/out.txt" 2>"$work/error.txt" && LC_ALL=C sed 's/\xe2\x80\x8f//g' "$work/out.txt" | grep -qF -- "$words"; then
        pass
    else
        fail "\"$words\" is not in the output of $*: $(cat "$work/out.txt" "$work/error.txt")"
    fi
}
cat_report() { $report --database "$work/apart/orders.db" --out "$work/y" --language "$1" >"$work/page.txt" && cat "$work/y/report.html"; }
says "those of ten orders about 18 % more than those of two (15 % to 21 %)" cat "$work/cdnow/report.html"
says "For 9 past periods the forecast was made again, from nothing but what was known before. What came lay in the band 9 times." cat "$work/cdnow/report.html"
says "Nobody is put first here, for it cannot be told what the next orders of each customer will be worth." cat "$work/apart/report.html"
says "نمی‌شود گفت سفارش‌های بعدی هر مشتری چقدر می‌ارزد." cat_report fa
says "لا يمكن معرفة قيمة الطلبات التالية لكل عميل." cat_report ar
says "3 orders, 17.00 of revenue" sh -c "printf 'customer,date,value,order_id\n1,2024-01-01,5,\n1,2024-01-08,5,\n1,2024-02-01,7,x\n' >$work/h.csv; sh examples/run.sh --out $work/z $work/h.csv"
says "of revenue, 7 Jan 2023 to 8 Jan 2023" sh -c "printf 'customer,time,value\n1,1673051696,5\n1,1673138096,5\n' >$work/i.csv; sh examples/run.sh --out $work/z $work/i.csv"

says "1 order, 5.00 of revenue, 19 Oct 2023 to 19 Oct 2023" one_order '1;1402/07/27;5' --dates jalali
says "1 customer, 1 order" one_order '1;2023/10/19;5'
says "۶ مشتری، ۷ سفارش، ۲۶٫۰۰ فروش، از ۱۷ دی ۱۴۰۱ تا ۱۸ دی ۱۴۰۱" $report --database "$work/seconds/orders.db" --out "$work/fa" --language fa
says "لا يوجد توقّع بعد. العملاء الذين عادوا حتى الآن: ١." $report --database "$work/seconds/orders.db" --out "$work/ar" --language ar
says "6 customers, 7 orders, 26.00 of revenue" $report --database "$work/seconds/orders.db" --out "$work/en"
says "Those are too few, or too much" $report --database "$work/seconds/orders.db" --out "$work/en"
says "a spreadsheet would take for a formula: 3" $report --database "$work/seconds/orders.db" --out "$work/en"
for file in retention cohorts customers models; do
    accepts cmp "$work/en/$file.csv" "$work/ar/$file.csv"
done
says "<html lang='fa' dir='rtl'>" cat "$work/fa/report.html"
refuses "is unknown; it is one of en, fa, ar" $report --language de

# Surveys and events, where the database has them.
printf 'customer,date,value\na,2024-01-01,5\na,2024-02-10,5\nb,2024-01-05,5\nc,2024-06-01,5\n' >"$work/k.csv"
printf 'Client;Day;Score\n a ;2024-01-20;10\nb;2024/01/25;3\nz;2024-02-01;9\n;2024-02-01;9\n' >"$work/responses.csv"
says "would recommend the shop (NPS: -100 to 100)          3     33" sh examples/run.sh --out "$work/k" --responses "$work/responses.csv" "$work/k.csv"
says "total,nps,3,0.333" cat "$work/k/survey.csv"
says "2024-01-01,nps,2,0," cat "$work/k/survey.csv"
refuses "which column of $work/k.csv is the score" sh examples/run.sh --out "$work/x" --responses "$work/k.csv" "$work/k.csv"
refuses "there is no file $work/none.csv" sh examples/run.sh --out "$work/x" --responses "$work/none.csv" "$work/k.csv"
printf 'customer,date,kind\na,2024-01-03,ticket\nb,2024-01-07,=late\nb,2024-01-08,ticket\n' >"$work/events.csv"
says "What drives customers away?" sh examples/run.sh --out "$work/k" --events "$work/events.csv" --responses "$work/responses.csv" "$work/k.csv"
says "'=late,1," cat "$work/k/events.csv"
says "ticket,2," cat "$work/k/events.csv"
says "چه چیزی مشتری را فراری می‌دهد؟" $report --database "$work/k/orders.db" --out "$work/y" --language fa
says "ما الذي ينفّر العملاء؟" $report --database "$work/k/orders.db" --out "$work/y" --language ar
refuses "which column of $work/responses.csv is the kind of event" sh examples/run.sh --out "$work/x" --events "$work/responses.csv" "$work/k.csv"
printf 'customer,opened,answered at,resolved\na,2024-01-03 10:00,2024-01-03 12:00,2024-01-04\nb,2024-01-07 08:00,2024-01-07 09:30,\nb,2024-02-07T08:00:00Z,,\n' >"$work/tickets.csv"
printf 'customer,promised,delivered\na,2024-01-05,2024-01-05 17:00\na,2024-01-06,2024-01-07\nb,2024-01-09,\nb,2024-09-09,\n' >"$work/deliveries.csv"
says "half are answered within        2 h" sh examples/run.sh --out "$work/k" --tickets "$work/tickets.csv" --deliveries "$work/deliveries.csv" "$work/k.csv"
says "late_delivery_rate,0.666" cat "$work/k/service.csv"
says "first_response_hours,2," cat "$work/k/service.csv"
refuses "which column of $work/k.csv is opened" sh examples/run.sh --out "$work/x" --tickets "$work/k.csv" "$work/k.csv"
printf 'customer,opened,answered\na,2024-01-03,2024-01-02\n' >"$work/l.csv"
refuses "before" sh examples/run.sh --out "$work/x" --tickets "$work/l.csv" "$work/k.csv"
printf 'customer,date,score,kind\na,2024-01-20,5,smiles\n' >"$work/l.csv"
refuses 'has the kind "smiles"; it must be nps, csat or ces' sh examples/run.sh --out "$work/x" --responses "$work/l.csv" "$work/k.csv"
printf 'customer,date,score\na,2024-01-20,11\n' >"$work/l.csv"
refuses "score[0] is 11" sh examples/run.sh --out "$work/x" --responses "$work/l.csv" "$work/k.csv"

says "rows of cancelled invoices" sh -c "printf 'Invoice,Date,Customer,Quantity,Price\nA1,2024-01-01,a,1,5\nC2,2024-01-02,a,-1,5\n' >$work/j.csv; sh examples/run.sh --out $work/z $work/j.csv"
says "1 order, 5.00 of revenue" sh examples/run.sh --out "$work/z" "$work/j.csv"
# What is left out is on the page too, with its money.
printf 'Invoice,Date,Customer,Quantity,Price\nA1,2024-01-01,a,1,5\nC2,2024-01-02,a,-1,5\nA3,2024-01-03,,2,7\nA4,2024-01-03,b,1,-1\n' >"$work/m.csv"
says "Left out of everything here: 3 rows of the file." sh examples/run.sh --out "$work/z" "$work/m.csv"
for row in "without a customer</td><td>1</td><td>14.00" "of cancelled invoices</td><td>1</td><td>-5.00" "without a positive total</td><td>1</td><td>-1.00" \
    "the money of cancelled invoices is not taken off"; do
    says "$row" cat "$work/z/report.html"
done
accepts sh -c "! grep -q 'Every order' $work/z/report.html"
says "Every order of the log is counted." cat "$work/en/report.html"
says "فاکتورهای لغوشده" $report --database "$work/z/orders.db" --out "$work/y" --language fa
says "صفوف فواتير ملغاة" $report --database "$work/z/orders.db" --out "$work/y" --language ar

# A mistyped year that makes the last order lie far behind the others.
says "the last order (customer 2) is of 10 Feb 2034, the one before it of 1 Jun 2024" one_order '1;2024-01-01;5
2;2024-06-01;5
2;2034-02-10;5'

# A shop where nobody comes back: no grade, no table of zeros, no first periods that are whole by construction.
"$python" -c 'import datetime
print("customer,date,value")
for day in range(365):
    for k in range(3):
        print(f"{day}-{k}", datetime.date(2023, 1, 1) + datetime.timedelta(day), 10 + k, sep=",")' >"$work/once.csv"
says "The retention rate (CRR) was 66 %; without those who came back 66 % (60 % to 71 %)." sh examples/run.sh --out "$work/once" "$work/once.csv"
for words in "That is no sign that customers stay" "so about 66 % would come out" "Periods that begin before 1 Apr 2023 are left out" "Nobody has bought again in a later period so far." \
    "Nobody has bought in two periods so far" "100 % of the customers have bought once, so how often"; do
    says "$words" cat "$work/once/report.html"
done
accepts sh -c "! grep -Eq 'excellent|rule of thumb|Feb 2023|CRR 100' $work/once/report.html"
says "2023-02-01,93,84,93,0,0,177,1" cat "$work/once/retention.csv"
for words in "نشانهٔ ماندن مشتری‌ها نیست" "تا امروز هیچ‌کس در دو دوره نخریده است"; do
    says "$words" sh -c "$report --database $work/once/orders.db --out $work/y --language fa >$work/y/out.txt; cat $work/y/report.html"
done
says "The log is too young for a retention rate: in a period that begins before 31 Mar 2024" one_order "1;2024-01-01;5
2;2024-01-20;5
1;2024-02-10;5
2;2024-03-02;5"
# A graded shop, with the interval of those who never left; and one that wins nobody.
says "excellent as a rule of thumb" cat "$work/cdnow/report.html"
says "Without those who came back it was 74 % (72 % to 75 %)." cat "$work/cdnow/report.html"
says "Hardly anybody in this log bought for the first time after 25 Mar 1997" cat "$work/cdnow/report.html"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
