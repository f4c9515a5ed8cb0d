#!/bin/sh
# complete.sh ROOT: each detector has its playbook and its scenario, and no
# playbook or scenario is left without its detector.
#
# detectors/notice/ has no scenarios: a scenario is logs, and notices are in no
# log - that no log can forge one is the point.  tests/unit/test_notice.c takes
# them from a source's notice to the finding, by name, and shows that logs that
# look the same stay quiet.
#
# tests/scenarios/engine_*/ try what all detectors share, and noise_*/ what other
# tools are known to flood with.
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
	if [ "${file#detectors/notice/}" != "$file" ]; then
		if ! grep -q "\"$name\"" tests/unit/test_notice.c; then
			echo "$file: tests/unit/test_notice.c does not name it"
			bad=1
		fi
	elif [ ! -d "tests/scenarios/$name" ]; then
		echo "$file: no tests/scenarios/$name/"
		bad=1
	fi
done
for left in playbooks/*.yaml tests/scenarios/*/; do
	name=$(basename "$left" .yaml)
	[ -e "$left" ] || continue
	case $left in tests/scenarios/engine_* | tests/scenarios/noise_*)
		continue
		;;
	esac
	if [ -z "$(find detectors -name "$name.c")" ]; then
		echo "$left: no detector of that name"
		bad=1
	fi
done
echo "$count detectors"
exit $bad
