#!/bin/sh
# Installs the programs that some tests run against, where that is allowed; says which tests are left out otherwise.
set -eu
PATH=$PATH:/usr/sbin

has() {
    case $1 in
        dovecot) command -v dovecot && test -e /usr/lib/dovecot/lmtp ;;
        chromium) command -v chromium ;;
        npm) command -v npm ;;
        postgresql) [ -n "${ADUAN_TEST_POSTGRES:-}" ] || ls /usr/lib/postgresql/*/bin/initdb ;;
    esac >/dev/null 2>&1
}

packages_of() {
    case $1 in
        dovecot) echo dovecot-imapd dovecot-lmtpd ;;
        *) echo "$1" ;;
    esac
}

tests_of() {
    case $1 in
        dovecot) echo "e-mail against a real mail server" ;;
        chromium) echo "pages in a real browser" ;;
        npm) echo "pages without barriers (axe-core)" ;;
        postgresql) echo "the store on PostgreSQL" ;;
    esac
}

missing() {
    for program in dovecot chromium npm postgresql; do
        has "$program" || echo "$program"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

[ -n "$(missing)" ] || exit 0
if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get -qq update || true
    for program in $(missing); do
        echo "Installing for the tests: $(packages_of "$program")"
        # shellcheck disable=SC2046 - several words on purpose
        as_root apt-get -qq install --no-install-recommends $(packages_of "$program") >/dev/null || true
    done
fi
for program in $(missing); do
    echo "Left out: $(tests_of "$program") (apt-get install $(packages_of "$program"))" >&2
done
