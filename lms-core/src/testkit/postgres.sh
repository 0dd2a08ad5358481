# The keeper of a throwaway PostgreSQL cluster. It makes one, says `ready PORT FOLDER` on standard
# output, and waits. When its standard input ends, which also happens when the process that holds
# the other end is killed, it stops the server and removes the folder. Before `ready` everything
# else that it prints says why there is no cluster.
#
#   sh postgres.sh FOLDER-OF-THE-SERVER-PROGRAMS FOLDER-TO-WORK-IN PORT…
#
# Several ports are given because another process may take one first.
set -u
programs=$1 work_in=$2
shift 2

# Whoever ends the tests ends this script through its input; signals would make it leave things
# behind. The server sets handlers of its own.
trap '' HUP INT TERM PIPE
umask 077

# The server refuses to run as root.
owner=
if [ "$(id -u)" -eq 0 ]; then
    owner=$(id -un postgres 2>/dev/null) || owner=nobody
fi

as_owner() {
    if [ -z "$owner" ]; then
        "$@"
    elif command -v setpriv >/dev/null; then
        setpriv --reuid="$owner" --regid="$(id -g "$owner")" --init-groups "$@"
    else
        runuser -u "$owner" -- "$@"
    fi
}

give_up() {
    echo "$1"
    tail -n 10 "$log"
    clean_up
    exit 1
}

clean_up() {
    if [ -f "$folder/data/postmaster.pid" ]; then
        as_owner "$programs/pg_ctl" -D "$folder/data" -m fast -t 20 stop ||
            as_owner "$programs/pg_ctl" -D "$folder/data" -m immediate stop
    fi >/dev/null 2>&1 </dev/null
    rm -rf "$folder"
}

# The path of a socket has about a hundred characters at most, and its folder must be open to the
# server's user.
if [ ${#work_in} -gt 60 ] || ! as_owner test -x "$work_in"; then
    work_in=/tmp
fi
folder=$(mktemp -d "$work_in/lms-postgres-XXXXXX") || exit 1
log=$folder/log
[ -z "$owner" ] || chown "$owner" "$folder"
as_owner touch "$log"

as_owner "$programs/initdb" --no-sync -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C \
    >"$log" 2>&1 </dev/null || give_up "\`initdb\` failed:"

# Over TCP everybody needs a password: other users of this machine can reach the port, and a
# superuser of the cluster can run programs as the user who runs the tests.
cat >"$folder/data/pg_hba.conf" <<'END'
local all all trust
host all all 127.0.0.1/32 scram-sha-256
END
cat >>"$folder/data/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
END

for port in "$@"; do
    as_owner "$programs/pg_ctl" -D "$folder/data" -l "$log" -o "-p $port" -w -t 60 start \
        >/dev/null 2>&1 </dev/null && break
    port=
done
[ -n "${port:-}" ] || give_up "the server did not start:"

"$programs/psql" -X -q -v ON_ERROR_STOP=1 -h "$folder" -p "$port" -U postgres postgres \
    >>"$log" 2>&1 <<'END' || give_up "the test database was not made:"
CREATE ROLE lms_password LOGIN PASSWORD 'open sesame';
CREATE DATABASE lms_test;
GRANT CREATE ON DATABASE lms_test TO lms_password;
END

echo "ready $port $folder"
cat >/dev/null
clean_up
