#!/bin/sh
# Prints the path of a Chromium for the test that SIGNALSMITH_CHROMIUM turns on: one that is installed, else the one in DIR,
# which it fetches there with npm. On Debian, where root runs it without npm, it installs Debian's.
#
#   SIGNALSMITH_CHROMIUM=$(testdata/browser/install.sh DIR) go test ./cmd/internal/report
set -eu

dir=${1:?usage: install.sh DIR}
package=@sparticuz/chromium@153.0.0

works() { [ -x "$1" ] && "$1" --headless --no-sandbox --version >/dev/null 2>&1; }

for name in "${SIGNALSMITH_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  found=$(command -v "$name" 2>/dev/null) || continue
  if works "$found"; then
    echo "$found"
    exit 0
  fi
done
if [ "$(cat "$dir/made" 2>/dev/null)" = "$package" ] && works "$dir/chromium"; then
  echo "$dir/chromium"
  exit 0
fi

with_npm() {
  command -v npm >/dev/null || return 1
  rm -rf "$dir"
  mkdir -p "$dir/unpacked"
  npm install --silent --no-audit --no-fund --prefix "$dir" "$package" >&2 || return 1
  # The package unpacks its browser into the directory for temporary files.
  (cd "$dir" && TMPDIR=$dir/unpacked node --input-type=module -e "
    import chromium from '@sparticuz/chromium';
    await chromium.executablePath();") >&2 || return 1
  mv "$dir"/unpacked/* "$dir"
  rm -rf "$dir/unpacked" "$dir/node_modules"
  works "$dir/chromium" || return 1 # for want of a library
  echo "$package" >"$dir/made"
  echo "$dir/chromium"
}
with_debian() {
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
  echo "install.sh: installing chromium" >&2
  apt-get -qq update >&2 && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes chromium >/dev/null && command -v chromium
}
with_npm || with_debian || {
  echo "install.sh: there is no Chromium, and neither npm nor apt-get could install one" >&2
  exit 1
}
