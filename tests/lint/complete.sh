#!/bin/sh
# complete.sh ROOT: each detector has its playbook and its scenario, and no
# playbook or scenario is left without its detector.
set -eu
cd "$1"
bad=0
count=0

for file in detectors/*/*.c; do
	name=$(basename "$file" .c)
	count=$((count + 1))
	if [ ! -f "playbooks/$name.yaml" ]; then
		echo "$file: no playbooks/$name.yaml"
		bad=1
	fi
	if [ ! -d "tests/scenarios/$name" ]; then
		echo "$file: no tests/scenarios/$name/"
		bad=1
	fi
done
for left in playbooks/*.yaml tests/scenarios/*/; do
	name=$(basename "$left" .yaml)
	[ -e "$left" ] || continue
	if [ -z "$(find detectors -name "$name.c")" ]; then
		echo "$left: no detector of that name"
		bad=1
	fi
done
echo "$count detectors"
exit $bad
