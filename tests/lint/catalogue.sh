#!/bin/sh
# catalogue.sh ROOT: each row of docs/catalogue.md names a detector that raises
# the row's type, or says why none can.
set -eu
cd "$1"
rows=$(mktemp)
known=$(mktemp)
trap 'rm -f "$rows" "$known"' EXIT

# NAME TYPE of each detector; a type may be written in pieces.
cat detectors/*/*.c | tr '\n\t' '  ' | sed 's/DETECTOR(/\n&/g' | sed -nE '
	s/^DETECTOR\(([a-z0-9_]+)\) = \{ *\.type = *("[^"]*"( *"[^"]*")*) *,.*/\1 \2/p' |
	sed 's/"  *"//; s/"//g' | sort >"$known"
sed -nE 's/^\| `([^`]*)` \| `([a-z0-9_]+)` \|.*/\2 \1/p' docs/catalogue.md |
	sort >"$rows"
all=$(grep -c '^| `' docs/catalogue.md)
given=$(wc -l <"$rows")
excused=$(grep -c '^| `[^`]*` | unreachable: ' docs/catalogue.md || true)
bad=0

if [ "$(comm -23 "$rows" "$known" | wc -l)" -gt 0 ]; then
	echo "docs/catalogue.md: no detector raises this type, or by this name:"
	comm -23 "$rows" "$known"
	bad=1
fi
if [ "$all" -ne $((given + excused)) ]; then
	echo "docs/catalogue.md: a row has neither a detector nor a reason"
	bad=1
fi
if [ "$given" -lt 150 ]; then
	echo "docs/catalogue.md: only $given rows have a detector"
	bad=1
fi
echo "$given rows, $excused unreachable"
exit $bad
