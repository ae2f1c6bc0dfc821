#!/bin/sh
# Checks the table before anything is trained on it. Needs nothing but a shell and the core utilities.
#
# Usage: check.sh TABLE.csv LEAST_ROWS CHECKS.txt
set -eu
table=$1 least=$2 checks=$3

fail() {
  echo "$*" >&2
  exit 1
}

columns=$(head -n 1 "$table" | tr ',' '\n' | wc -l)
[ "$(head -n 1 "$table" | tr ',' '\n' | tail -n 1)" = malignant ] || fail "the last column is not \"malignant\""
[ -z "$(head -n 1 "$table" | tr ',' '\n' | sort | uniq -d)" ] || fail "a column is named twice"

cells=$(tail -n +2 "$table" | tr ',' '\n' | wc -l)
rows=$(tail -n +2 "$table" | wc -l)
[ "$cells" -eq $((rows * columns)) ] || fail "a row has not $columns cells"

for class in 0 1; do
  found=$(tail -n +2 "$table" | cut -d ',' -f "$columns" | sort | uniq -c | tr -s ' ' | cut -d ' ' -f 2,3 \
    | while read -r count value; do [ "$value" != "$class" ] || echo "$count"; done)
  [ "${found:-0}" -ge "$least" ] || fail "class $class has ${found:-0} rows, $least are needed"
done

printf 'columns %d\nrows %d\n' "$columns" "$rows" >"$checks"
echo "$rows rows of $columns columns are well"
