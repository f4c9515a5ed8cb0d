#!/bin/sh
# words.sh ROOT: no function that cannot bound what it writes or says nothing
# of failure, no promise without a date, no clock where only event time is.
set -eu
cd "$1"
bad=0

refuse() {
	what=$1
	pattern=$2
	shift 2
	hits=$(grep -rnE "$pattern" "$@" --include='*.[ch]' \
		--include='*.cpp' || true)
	if [ -n "$hits" ]; then
		printf '%s:\n%s\n' "$what" "$hits"
		bad=1
	fi
}

refuse 'banned function' \
	'\b(strcpy|strcat|strncat|stpcpy|sprintf|vsprintf|strtok|strtok_r|atoi|atol|atoll|atof|gets|alloca|rand|srand|random|drand48|system|popen|tmpnam|mktemp|asctime|ctime|gmtime|localtime|strerror)[[:space:]]*\(' \
	src detectors
refuse 'banned function' \
	'\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|gets|alloca|rand)[[:space:]]*\(' \
	tests
refuse 'unfinished' '\b(TODO|FIXME|XXX|HACK)\b' src detectors tests
refuse 'line of code in a comment' '^[[:space:]]*//' src detectors

# Results depend on event time alone: the wall clock shows progress, signs
# requests and paces what the service does, through net/clock.h.
clock=$(grep -rnE '\b(clock_gettime|gettimeofday|time|clock|getrandom|getentropy)[[:space:]]*\(' \
	src detectors --include='*.c' |
	grep -vE '^src/(cli/progress|net/clock)\.c:|^src/pipeline/' |
	grep -vE '^[^:]*:[0-9]*:[[:space:]]*(/?\*|/\*)' || true)
if [ -n "$clock" ]; then
	printf 'clock:\n%s\n' "$clock"
	bad=1
fi
exit $bad
