# Shell functions that the two run scripts share: say what is missing, install it where that is possible, stop with a clear sentence
# where it is not. Meant for Debian and Ubuntu; on other systems they tell what is needed. POSIX sh; source it with `. src/cmake/setup.sh`.

say() { printf '%s\n' "$*"; }
stop() { printf '\n%s\n' "$*" >&2; exit 1; }

# need PACKAGE CHECK...: remembers PACKAGE as missing unless the command CHECK... succeeds.
missing_packages=
need() {
    need_package=$1
    shift
    "$@" >/dev/null 2>&1 || missing_packages="$missing_packages $need_package"
}

has() { command -v "$1"; }
has_header() { printf '#include <%s>\n' "$1" | ${CC:-cc} -E -x c - ; }
has_pkg() { pkg-config --exists "$1"; }

# Installs what `need` remembered; CHECKS is the name of the function that called `need`, run again to be sure.
install_missing() {
    [ -n "$missing_packages" ] || return 0
    say "Missing:$missing_packages"
    command -v apt-get >/dev/null 2>&1 || stop "This system has no apt-get. Please install by its own means:$missing_packages"
    as_root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || stop "Please run as root: apt-get install$missing_packages"
        as_root=sudo
    fi
    say "Installing them with apt-get (this can take a minute) ..."
    install_log=$(mktemp)
    # shellcheck disable=SC2086 # the list is meant to be split
    if ! { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing_packages; } \
        >"$install_log" 2>&1 </dev/null; then
        tail -n 15 "$install_log" >&2
        stop "apt-get could not install:$missing_packages (whole log: $install_log)"
    fi
    rm -f "$install_log"
    missing_packages=
    "$1"
    [ -z "$missing_packages" ] || stop "Still missing after the installation:$missing_packages"
    say "Installed."
}

# python_with REQUIREMENTS FOLDER: a virtual environment in FOLDER that has what the file lists; made once, renewed when the file changes.
python_with() {
    if [ ! -f "$2/.ready" ] || ! cmp -s "$1" "$2/.ready"; then
        say "Preparing Python packages in $2 ..."
        "${PYTHON:-python3}" -m venv "$2" || stop "${PYTHON:-python3} cannot make a virtual environment in $2 (Debian: apt-get install python3-venv)"
        "$2/bin/python" -m pip install -q --disable-pip-version-check -r "$1" || stop "pip could not install what $1 lists"
        cp "$1" "$2/.ready"
    fi
}

# Number of processors, for parallel builds.
jobs() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1; }

# quietly LOG COMMAND...: shows the end of the log only when the command fails.
quietly() {
    quietly_log=$1
    shift
    mkdir -p "$(dirname "$quietly_log")"
    if ! "$@" >"$quietly_log" 2>&1; then
        tail -n 40 "$quietly_log" >&2
        stop "Failed: $* (whole log: $quietly_log)"
    fi
}
