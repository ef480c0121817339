#!/bin/sh
# Prints the path of the JSON schema of SARIF 2.1.0 for the test that SIGNALSMITH_SARIF_SCHEMA turns on. It lies in DIR,
# where npm fetches the package that ships it.
#
#   SIGNALSMITH_SARIF_SCHEMA=$(testdata/sarif/install.sh DIR) go test ./cmd/internal/report
set -eu

dir=${1:?usage: install.sh DIR}
package=@microsoft/jest-sarif@1.0.0-beta.0
schema=$dir/sarif-2.1.0.json

if [ ! -s "$schema" ]; then
  mkdir -p "$dir"
  tmp=$(mktemp -d)
  trap 'rm -rf "$tmp"' EXIT
  (cd "$tmp" && npm pack --silent "$package" >packed && tar -xzf "$(tail -n 1 packed)") >&2 || {
    echo "install.sh: npm could not fetch $package" >&2
    exit 1
  }
  cp "$tmp/package/lib/schemas/sarif-2.1.0-rtm.5.json" "$schema.new"
  mv "$schema.new" "$schema"
fi
echo "$schema"
