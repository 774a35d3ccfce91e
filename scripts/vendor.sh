#!/bin/sh
# Refreshes the libraries under hub/web/static/vendor. The versions are those of versions.json: edit them there, run this.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
vendor=$here/hub/web/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]]["version"])' "$vendor/versions.json" "$1"; }

fetch() { # package folder
    mkdir -p "$work/$2"
    (cd "$work" && tar xzf "$(npm pack --silent "$1@$(version "$1")")" -C "$2" --strip-components=1)
}

fetch htmx.org htmx
fetch leaflet leaflet
fetch @fontsource-variable/plus-jakarta-sans font

mkdir -p "$vendor/htmx" "$vendor/leaflet/images" "$vendor/plus-jakarta-sans"
cp "$work/htmx/dist/htmx.min.js" "$work/htmx/LICENSE" "$vendor/htmx/"
cp "$work/leaflet/dist/leaflet.js" "$work/leaflet/dist/leaflet.css" "$work/leaflet/LICENSE" "$vendor/leaflet/"
cp "$work"/leaflet/dist/images/*.png "$vendor/leaflet/images/"
for part in latin latin-ext; do
    cp "$work/font/files/plus-jakarta-sans-$part-wght-normal.woff2" "$vendor/plus-jakarta-sans/"
done
cp "$work/font/LICENSE" "$vendor/plus-jakarta-sans/"
sed -i '/^\/\/# sourceMappingURL=/d' "$vendor/htmx/htmx.min.js" "$vendor/leaflet/leaflet.js"
