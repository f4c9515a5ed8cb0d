#!/bin/sh
# layers.sh ROOT: every include points down the ranks of tests/lint/ranks.
set -eu
cd "$1"

{
	sed 's/^/rank /' tests/lint/ranks
	grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]+"' \
		src detectors
} | awk '
$1 == "rank" && $2 !~ /^#/ {
	if ($2 ~ /:$/)
		for (i = 3; i <= NF; i++)
			seen["detectors " $i] = 1
	else
		rank[$2] = ++ranks
	next
}
$1 == "rank" { next }
{
	split($0, part, ":")
	file = part[1]
	split(file, way, "/")
	from = way[1] == "detectors" ? "detectors" : way[2]
	split($0, quoted, "\"")
	split(quoted[2], to, "/")
	includes++
	if (file == "src/main.c")
		next
	if (!(from in rank) && from != "detectors")
		say(file, "folder " from " has no rank")
	else if (!(to[1] in rank))
		say(file, "\"" quoted[2] "\" is not named from a rank")
	else if (from == "detectors" && !(("detectors " to[1]) in seen))
		say(file, "a detector does not see " quoted[2])
	else if (from != "detectors" && rank[to[1]] > rank[from])
		say(file, quoted[2] " is above " from)
}
function say(file, what)
{
	print file ":" part[2] ": " what
	bad = 1
}
END {
	if (includes == 0) {
		print "no include was seen"
		bad = 1
	}
	print includes " includes, " ranks " ranks"
	exit bad
}'
