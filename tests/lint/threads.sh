#!/bin/sh
# threads.sh ROOT: threads, locks and atomics are in src/pipeline only.
set -eu
cd "$1"

# Workers hand over records of several batches at once; a mutex keeps what is
# written to the quarantine's files whole.
allowed='^src/(pipeline/|cli/quarantine\.c:)'

hits=$(grep -rnE '\b(pthread_|mtx_|thrd_|cnd_|_Atomic|atomic_|__atomic|__sync_|_Thread_local|__thread|sem_wait)|<(pthread|threads|stdatomic|semaphore)\.h>' \
	src detectors --include='*.[ch]' --include='*.cpp' |
	grep -vE "$allowed" || true)
if [ -n "$hits" ]; then
	echo "$hits"
	exit 1
fi
