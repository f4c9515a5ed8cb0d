#!/bin/sh
# headers.sh ROOT CC GENERATED: each header compiles alone.
set -eu
root=$1
cc=$2
generated=$3
cd "$root"
bad=0

for header in $(find src -name '*.h' | sort); do
	if ! grep -q '^#pragma once' "$header"; then
		echo "$header: no #pragma once"
		bad=1
	fi
	printf '#include "%s"\n' "${header#src/}" |
		"$cc" -std=c17 -D_GNU_SOURCE -DNEPHOSCOPE_VERSION='""' \
			-Isrc -I"$generated" -Wall -Wextra -Werror \
			-fsyntax-only -x c - || bad=1
done
exit $bad
