#!/bin/sh
# A script as somebody has it who keeps SEI's developers in step with an HR system: the calls of SEI's developer guide,
# in its order. BASE_URL and API_KEY come from the environment. Each answer goes to standard output, after its step.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

call() { # a step, a path below the base, and what else curl is told; fails with the answer unless that is a success
    step=$1 path=$2
    shift 2
    printf '\n== %s\n' "$step"
    curl --silent --show-error --fail-with-body --max-time 60 -H "x-api-key: $API_KEY" "$@" \
        --output "$work/answer" "$BASE_URL/v2/developers$path" || {
        cat "$work/answer"
        exit 1
    }
    cat "$work/answer"
}

refused() { # a status, a path, and what else curl is told; fails unless just this status is the answer
    wanted=$1 path=$2
    shift 2
    printf '\n== refused with %s\n' "$wanted"
    status=$(curl --silent --output "$work/answer" --write-out '%{http_code}' -H "x-api-key: $API_KEY" "$@" "$BASE_URL/v2/developers$path")
    cat "$work/answer"
    test "$status" = "$wanted"
}

version() { # the version that the last answer is about
    sed -n 's/.*"versionId": *\([0-9]*\).*/\1/p' "$work/answer"
}

cat >"$work/first.csv" <<'CSV'
Employee,Mail,Boss,Department,Badge
Ada Park,ada@acme.example,,Engineering,A-1
Ben Ito,ben@acme.example,ada@acme.example,Engineering,B-2
Cleo Berg,cleo@acme.example,ada@acme.example,Sales,C-3
CSV
cat >"$work/second.csv" <<'CSV'
Employee,Mail,Boss,Department,Badge
Ada Park,ada@acme.example,,Engineering,A-1
Ben Ito,ben@acme.example,ada@acme.example,Platform,B-2
Dee Fox,dee@acme.example,ben@acme.example,Platform,D-4
CSV
cat >"$work/broken.csv" <<'CSV'
Employee,Mail,Boss,Department,Badge
Ada Park,ada@acme.example,zoe@acme.example,Engineering,A-1
CSV
cat >"$work/identities.csv" <<'CSV'
Email,Application type,Cloud ID
dee@acme.example,GITLAB_CLOUD,dee-fox
CSV

# Initial setup: nothing else works before it.
refused 412 "" -X PUT -F "file=@$work/second.csv;type=text/csv"
refused 412 "" -X PATCH -H "Content-Type: application/json" -d '[{"email": "ada@acme.example", "name": "Ada"}]'
call "upload" "" -X POST -H "accept: application/json" -F "file=@$work/first.csv;type=text/csv"
call "field mappings" "/versions/$(version)/fieldMappings" -X PUT -H "Content-Type: application/json" -d '{"fieldMappings": [
    {"csvColumn": "Employee", "fieldType": "NAME"},
    {"csvColumn": "Mail", "fieldType": "EMAIL"},
    {"csvColumn": "Boss", "fieldType": "MANAGER_EMAIL"},
    {"csvColumn": "Department", "fieldType": "DEPARTMENT"},
    {"csvColumn": "Badge", "fieldType": "CUSTOM"}]}'
call "schema" "/schema" -X GET -H "accept: application/json"

# Bulk update: upload again, approve.
refused 400 "" -X PUT -F "file=@$work/broken.csv;type=text/csv"
call "upload again" "" -X PUT -H "accept: application/json" -F "file=@$work/second.csv;type=text/csv"
call "approve" "/versions/$(version)" -X PATCH -H "Content-Type: application/json" -d '{"active": true}'

# List, upsert, delete.
call "list" "?searchKey=department&searchValue=platform&pageIndex=0&pageSize=50" -X GET -H "accept: application/json"
cp "$work/answer" "$OUTPUT/list.json"
call "upsert" "" -X PATCH -H "accept: */*" -H "Content-Type: application/json" -d '[
    {"email": "eve@acme.example", "name": "Eve Hall", "manager_email": "ada@acme.example", "Badge": "E-5"},
    {"email": "ben@acme.example", "department": "Engineering"}]'
call "delete" "" -X DELETE -H "accept: */*" -H "Content-Type: application/json" -d '{"emails": ["eve@acme.example"]}'

# Cloud IDs, as JSON and as a file.
call "cloud IDs" "/cloud-ids" --header 'Content-Type: application/json' --data-raw '{"integrationUsers": [
    {"email": "ada@acme.example", "applicationType": "CUSTOM", "cloudId": "park.ada"}]}'
call "cloud IDs from a file" "/cloud-ids/upload" --form "file=@\"$work/identities.csv\""

call "download" "" -X GET -H "accept: text/csv"
cp "$work/answer" "$OUTPUT/developers.csv"
