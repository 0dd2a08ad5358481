# What the scripts beside this file share. It installs what a machine with nothing but Rust lacks,
# says so, and is silent where nothing is missing.
# shellcheck shell=sh

say() {
    printf '%s\n' "$*" >&2
}

# fail WHAT-IS-WRONG WHAT-TO-DO
fail() {
    say "error: $1"
    say "hint: $2"
    exit 1
}

need_rust() {
    # A shell started before Rust was installed does not have it on its path.
    command -v cargo >/dev/null || PATH=$PATH:${CARGO_HOME:-${HOME:-}/.cargo}/bin
    command -v cargo >/dev/null ||
        fail "there is no \`cargo\`" "install Rust as https://rustup.rs says, then run this again"
}

# SQLite and the cryptography have parts in C, and Rust links through the C compiler.
need_c_compiler() {
    printf '#include <stdlib.h>\n' | cc -E - >/dev/null 2>&1 ||
        install "the C compiler" gcc libc6-dev
}

need_postgres() {
    [ -z "$(postgres_programs)" ] || return 0
    may_install "the PostgreSQL server" postgresql
    # The package would also make a cluster and start it at every boot; the tests need neither.
    settings=/etc/postgresql-common/createcluster.d
    as_root mkdir -p "$settings"
    echo "create_main_cluster = false" | as_root tee "$settings/lms-tests.conf" >/dev/null
    (install "the PostgreSQL server" postgresql) && installed=yes || installed=no
    as_root rm "$settings/lms-tests.conf"
    [ $installed = yes ] || exit 1
}

# The folder of the newest server programs on this machine; nothing if there are none.
postgres_programs() {
    for initdb in $(command -v initdb) /usr/lib/postgresql/*/bin/initdb; do
        [ ! -x "$initdb" ] || dirname "$(readlink -f "$initdb")"
    done | sort -V | tail -n 1
}

# install WHAT PACKAGE…
install() {
    may_install "$@"
    what=$1
    shift
    say "installing $what, which is missing: apt-get install $*"
    { apt_get update && apt_get install --no-install-recommends "$@"; } ||
        fail "\`apt-get\` could not install $what" "see its messages above"
}

# may_install WHAT PACKAGE…: ends here, with advice, if it cannot be.
may_install() {
    what=$1
    shift
    command -v apt-get >/dev/null ||
        fail "$what is missing, and there is no \`apt-get\` to install it with" \
            "install what Debian has in these packages: $*; then run this again"
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
        fail "$what is missing, and installing it needs root or \`sudo\`" \
            "as root: apt-get install $*"
}

# Silent when it works.
apt_get() {
    messages=$(mktemp)
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get -y "$@" >"$messages" 2>&1 </dev/null; then
        rm "$messages"
    else
        cat "$messages" >&2
        rm "$messages"
        return 1
    fi
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}
