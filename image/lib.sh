# What the scripts of image/ share: words to the person, tools, and Debian packages out of a private apt root.
# Sourced, never run. The caller has `set -euo pipefail`.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${TRILLO_CACHE:-$HOME/.cache/trillo}
mkdir -p "$cache"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() { # COMMAND...: runs it as root, through sudo if we are not
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Runs apt-get on the machine itself. A cache of our own: Debian's container configuration deletes the shared one after each dpkg run,
# also under the hands of another apt-get.
machine_apt() {
    mkdir -p "$cache/apt-machine/archives/partial"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Dir::Cache::archives="$cache/apt-machine/archives" "$@"
}

# need TOOL=PACKAGE...: installs the packages of the tools that are missing. A tool is a command, or a file if it begins with a slash.
need() {
    local pair tool missing=()
    for pair in "$@"; do
        tool=${pair%%=*}
        case $tool in
            /*) [ -e "$tool" ] || missing+=("${pair#*=}") ;;
            *) PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || missing+=("${pair#*=}") ;;
        esac
    done
    [ ${#missing[@]} = 0 ] && return 0
    command -v apt-get >/dev/null || die "this machine lacks ${missing[*]} and has no apt-get; please install them"
    say "installing ${missing[*]} with apt-get"
    machine_apt install --no-remove --no-install-recommends -y "${missing[@]}" >"$cache/apt-machine.log" 2>&1 && return 0
    # The lists may be missing or old; only then is it worth asking the mirror.
    machine_apt update >>"$cache/apt-machine.log" 2>&1 || true
    machine_apt install --no-remove --no-install-recommends -y "${missing[@]}" >>"$cache/apt-machine.log" 2>&1 \
        || { tail -5 "$cache/apt-machine.log" >&2; die "apt-get could not install ${missing[*]} (whole log: $cache/apt-machine.log)"; }
}

# machine_sites LABEL: the addresses from which this machine takes Debian's packages (LABEL is Debian or Debian-Security).
# They are read out of apt, so no mirror is written down here. Apt knows the labels only once it has the lists.
machine_sites() {
    local sites
    sites=$(known_sites "$1")
    if [ -z "$sites" ] && command -v apt-get >/dev/null && [ -z "$(known_sites Debian)" ]; then
        say "this machine has no package lists yet; fetching them with apt-get update"
        machine_apt update >"$cache/apt-machine.log" 2>&1 || true
        sites=$(known_sites "$1")
    fi
    echo "$sites" | awk NF
}

known_sites() {
    # shellcheck disable=SC2016  # the dollars are apt's
    apt-get indextargets --format '$(LABEL)|$(SITE)|$(CODENAME)|$(COMPONENT)' 'Identifier: Packages' 2>/dev/null \
        | awk -F'|' -v label="$1" '$1 == label { print $2, $3, $4 }' | sort -u
}

# private_root DIR ARCHITECTURE...: an apt root that knows nothing of the machine and changes nothing on it. The first architecture is its
# own. Its sources are read from standard input, one line each: SITE SUITE COMPONENT.
private_root() {
    local root=$1 own=$2 list="" architecture site suite component
    shift
    mkdir -p "$root"/state/lists/partial "$root"/cache/archives/partial "$root"/etc/apt.conf.d "$root"/etc/none.d
    : >"$root/state/status"
    for architecture in "$@"; do list+="\"$architecture\"; "; done
    cat >"$root/apt.conf" <<EOF
APT::Architecture "$own";
APT::Architectures { $list};
Dir::State "$root/state";
Dir::State::status "$root/state/status";
Dir::Cache "$root/cache";
Dir::Etc "$root/etc";
Dir::Etc::sourceparts "$root/etc/none.d";
Dir::Etc::preferencesparts "$root/etc/none.d";
Acquire::Languages "none";
APT::Sandbox::User "$(id -un)";
EOF
    while read -r site suite component; do
        printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s %s\n' "$site" "$suite" "$component"
    done >"$root/etc/sources.list"
    [ -s "$root/etc/sources.list" ] || die "apt on this machine names no Debian mirror; name one with MIRROR=ADDRESS"
    [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || need /usr/share/keyrings/debian-archive-keyring.gpg=debian-archive-keyring
}

in_root() { # DIR COMMAND...: an apt command in a private root
    local root=$1
    shift
    APT_CONFIG=$root/apt.conf "$@"
}

update_root() { # DIR: asks the mirrors what there is; signatures are checked
    in_root "$1" apt-get -q update >"$1/update.log" 2>&1 || { tail -5 "$1/update.log" >&2; die "the mirror did not give its package lists"; }
    if grep -q '^[WE]:.*\(signature\|NO_PUBKEY\|not signed\)' "$1/update.log"; then
        grep '^[WE]:' "$1/update.log" >&2
        die "the mirror's package lists are not signed by a key of this machine's debian-archive-keyring"
    fi
}

# Sizes in a form for people.
mib() { awk -v bytes="$1" 'BEGIN { printf "%.1f MiB", bytes / 1048576 }'; }
