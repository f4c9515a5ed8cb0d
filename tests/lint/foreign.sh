#!/bin/sh
# foreign.sh ROOT: where there is no apt-get, ./dev says what to install and
# how to build, and stops.
set -eu
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
for tool in bash cat dirname; do
	ln -s "$(command -v "$tool")" "$tools/$tool"
done
if said=$(PATH=$tools "$tools/bash" "$1/dev" build 2>&1); then
	printf 'it went on:\n%s\n' "$said"
	exit 1
fi
for wanted in libsimdjson-dev librdkafka-dev -DBUILD_TESTING=OFF; do
	case $said in
	*"$wanted"*) ;;
	*)
		printf 'no word of %s in:\n%s\n' "$wanted" "$said"
		exit 1
		;;
	esac
done
