#!/bin/sh
# symbols.sh ROOT OBJECTS NM: every exported function and table is named by its
# file or its folder; a detector exports nothing but its descriptor.
#
# For a file foo_bar.c of the folder dir/ these are names of its own: foo_bar_*,
# dir_*, and, where a file was split, foo_* or what the type foo_bar.h declares
# is called (cut.h declares struct cutter: cutter_next).
set -eu
root=$1
objects=$2
nm=$3
# tenant.c is one half of what engine.h declares.
exceptions='tenant:engine'

cd "$objects"
find src detectors -name '*.o' | sort | while read -r object; do
	file=$(basename "$object" .o)
	types=$(sed -nE 's/^(struct|enum) ([a-z_0-9]+) ?[{;].*/\2/p' \
		"$root/$(dirname "$object")/${file%.*}.h" 2>/dev/null |
		tr '\n' ',' || true)
	"$nm" --defined-only --extern-only "$object" |
		sed "s|^|$object ,$types |"
done | awk -v exceptions="$exceptions" '
NF >= 5 && $NF !~ /^_/ {
	name = tolower($NF)
	n = split($1, way, "/")
	file = way[n]
	sub(/\.(c|cpp)\.o$/, "", file)
	split(file, stem, "_")
	split(exceptions, other, ":")
	symbols++
	good = belongs(name, file) || belongs(name, stem[1]) ||
		belongs(name, way[n - 1]) ||
		(file == other[1] && belongs(name, other[2]))
	if (way[1] == "detectors")
		good = belongs(name, "detector_" file)
	types = split($2, type, ",")
	for (i = 1; i <= types && way[1] != "detectors"; i++)
		if (type[i] != "" && belongs(name, type[i]))
			good = 1
	if (!good) {
		print $1 ": " name
		bad = 1
	}
}
function belongs(name, prefix)
{
	return name == prefix || index(name, prefix "_") == 1
}
END {
	print symbols + 0 " symbols"
	exit bad || symbols == 0
}'
