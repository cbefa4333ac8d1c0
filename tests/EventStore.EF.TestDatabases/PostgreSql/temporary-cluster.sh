#!/bin/sh
# Runs a PostgreSQL cluster of its own for as long as somebody holds this script's standard input open, then stops and removes it.
# The end of the input is the signal because it comes however the holder ends, also by SIGKILL.
#
#   temporary-cluster.sh [folder of the server programs]
#
# Writes one line when the server takes connections: host, port, user and password, separated by spaces.
# The server keeps what it is told (fsync is on), takes 300 connections and 20 prepared transactions. Its files are in
# EVENTSTORE_TEST_CLUSTER_FOLDER, or the temporary folder: in memory, the databases that tests create and drop cost no flushes.
set -u

programs=${1:-}
if [ -z "$programs" ]; then
    if command -v initdb >/dev/null 2>&1 && command -v pg_ctl >/dev/null 2>&1; then
        programs=$(dirname "$(command -v initdb)")
    else
        for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/local/pgsql/bin; do
            [ -x "$folder/initdb" ] && programs=$folder
        done
    fi
fi

if [ -z "$programs" ]; then
    echo "no PostgreSQL server programs (initdb, pg_ctl) on PATH or in the usual folders" >&2
    exit 3
fi

# The server refuses to run as root.
as=
owner=$(id -un)
if [ "$(id -u)" -eq 0 ]; then
    owner=postgres
    if ! id "$owner" >/dev/null 2>&1; then
        echo "PostgreSQL refuses to run as root, and there is no user '$owner' to run it as" >&2
        exit 3
    fi

    if command -v setpriv >/dev/null 2>&1; then
        as="setpriv --reuid=$owner --regid=$(id -g "$owner") --init-groups --"
    else
        as="runuser -u $owner --"
    fi
fi

folder=$(mktemp -d "${EVENTSTORE_TEST_CLUSTER_FOLDER:-${TMPDIR:-/tmp}}/eventstore-postgres.XXXXXX") || exit 1
log=$folder/server.log
started=
clean_up() {
    trap '' EXIT HUP INT TERM
    [ -n "$started" ] && $as "$programs/pg_ctl" stop -D "$folder/data" -m immediate -s >/dev/null 2>&1
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" >"$folder/password"
chown -R "$owner" "$folder" || exit 1
cd "$folder" || exit 1
if ! $as "$programs/initdb" -D "$folder/data" -U postgres --pwfile="$folder/password" --auth=scram-sha-256 \
    --encoding=UTF8 --no-locale --no-sync >"$folder/initdb.log" 2>&1; then
    cat "$folder/initdb.log" >&2
    exit 1
fi

cat >>"$folder/data/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
max_connections = 300
max_prepared_transactions = 20
END

# Below the ports that systems hand out by themselves; another one when it is taken.
port=
for attempt in 0 1 2 3 4 5 6 7 8 9; do
    candidate=$((15000 + ($$ * 17 + attempt * 1009) % 16000))
    if $as "$programs/pg_ctl" start -D "$folder/data" -o "-p $candidate" -l "$log" -w -s -t 60 </dev/null >/dev/null 2>&1; then
        port=$candidate
        started=1
        break
    fi
done

if [ -z "$port" ]; then
    cat "$log" >&2
    exit 1
fi

echo "127.0.0.1 $port postgres $password"
exec >/dev/null
while read -r _; do :; done
