#!/bin/sh
# Brings the catalogs up to date with the texts in templates and code, and compiles them.
# Translate hub/web/locale/id/LC_MESSAGES/aduan.po between two runs; a test fails while a text has no translation.
set -eu
cd "$(dirname "$0")/.."
locale=hub/web/locale
pybabel -q extract -F "$locale/babel.cfg" -k mark --no-location --omit-header --sort-output -o "$locale/aduan.pot" hub/web plugins/balaiwarga
for language in id en; do
    catalog=$locale/$language/LC_MESSAGES/aduan.po
    if [ -f "$catalog" ]; then
        pybabel -q update -D aduan -i "$locale/aduan.pot" -d "$locale" -l "$language" --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
    else
        pybabel -q init -D aduan -i "$locale/aduan.pot" -d "$locale" -l "$language"
    fi
done
sed -i "/PROJECT VERSION\|EMAIL@ADDRESS\|YEAR-MO-DA\|LL@li.org/d" "$locale"/*/LC_MESSAGES/aduan.po
pybabel -q compile -D aduan -d "$locale" --statistics
