# Made by `nephoscope help --completion`; edit src/cli instead.
# shellcheck shell=bash disable=SC2207
_nephoscope()
{
	local word=${COMP_WORDS[COMP_CWORD]}
	local last=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} words=''
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W 'backfill serve simulate findings investigate state detectors playbook config aws version help' -- "$word"))
		return
	fi
	case $command:$last in
	backfill:--config | backfill:-c)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	backfill:--since)
		:
		return
		;;
	backfill:--until)
		:
		return
		;;
	backfill:--jobs | backfill:-j)
		:
		return
		;;
	backfill:--cluster)
		:
		return
		;;
	backfill:--min-severity)
		COMPREPLY=($(compgen -W 'low medium high critical' -- "$word"))
		return
		;;
	backfill:--format)
		COMPREPLY=($(compgen -W 'table guardduty ocsf asff csv' -- "$word"))
		return
		;;
	backfill:--details)
		:
		return
		;;
	backfill:--output | backfill:-o)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	backfill:--stats)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	backfill:--quarantine)
		COMPREPLY=($(compgen -d -- "$word"))
		return
		;;
	backfill:--fail-on)
		COMPREPLY=($(compgen -W 'low medium high critical' -- "$word"))
		return
		;;
	backfill:--state)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	serve:--config | serve:-c)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	serve:--quarantine)
		COMPREPLY=($(compgen -d -- "$word"))
		return
		;;
	simulate:--out | simulate:-o)
		COMPREPLY=($(compgen -d -- "$word"))
		return
		;;
	simulate:--seed)
		:
		return
		;;
	simulate:--days)
		:
		return
		;;
	simulate:--clusters)
		:
		return
		;;
	simulate:--start)
		:
		return
		;;
	simulate:--attack)
		:
		return
		;;
	simulate:--change)
		:
		return
		;;
	simulate:--scale)
		:
		return
		;;
	simulate:--scale-sources)
		:
		return
		;;
	findings:--state)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	findings:--config | findings:-c)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	findings:--format)
		COMPREPLY=($(compgen -W 'table guardduty csv' -- "$word"))
		return
		;;
	findings:--type)
		:
		return
		;;
	findings:--min-severity)
		COMPREPLY=($(compgen -W 'low medium high critical' -- "$word"))
		return
		;;
	findings:--since)
		:
		return
		;;
	findings:--until)
		:
		return
		;;
	findings:--note)
		:
		return
		;;
	investigate:--state)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	investigate:--config | investigate:-c)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	investigate:--since)
		:
		return
		;;
	investigate:--until)
		:
		return
		;;
	state:--state)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	state:--config | state:-c)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	detectors:--format)
		COMPREPLY=($(compgen -W 'table json markdown navigator' -- "$word"))
		return
		;;
	detectors:--seen)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	detectors:--config | detectors:-c)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	playbook:--state)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	playbook:--config | playbook:-c)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	config:--config | config:-c)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	aws:--config | aws:-c)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	aws:--source)
		:
		return
		;;
	esac
	case $command in
	backfill) words='--help --config --since --until --jobs --cluster --min-severity --format --details --suppressed --output --stats --quarantine --fail-on --state' ;;
	serve) words='--help --config --quarantine' ;;
	simulate) words='--help --out --seed --days --clusters --start --attack --change --scale --scale-sources' ;;
	findings) words='--help --state --config --format --type --min-severity --since --until --note --archived --suppressed list show archive reopen feedback' ;;
	investigate) words='--help --state --config --since --until' ;;
	state) words='--help --state --config info verify backup' ;;
	detectors) words='--help --format --seen --config list show' ;;
	playbook) words='--help --state --config' ;;
	config) words='--help --config check show schema' ;;
	aws) words='--help --config --source whoami policy' ;;
	version) words='--help' ;;
	help) words='--help --man --man-config --completion backfill serve simulate findings investigate state detectors playbook config aws version help' ;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$word"))
	if [[ $word != -* && $command == backfill ]]; then
		COMPREPLY+=($(compgen -f -- "$word"))
	fi
}
complete -o filenames -F _nephoscope nephoscope
