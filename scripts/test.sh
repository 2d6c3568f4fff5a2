#!/bin/sh
# Pass all tests but the tortures: test.sh PYTHON [options of pytest].
#
# Those that only hold the processor go side by side, as many as there are cores; then journeys that mostly wait, as those
# with browsers, a file beside the other; those that keep time with real phones go one after the other. An option such
# as `-k` may leave nothing of one of the three, which is no fault.
python=$1
shift

none=5 # what pytest says when there was nothing to be tested
passed=$none

pass() {
    "$python" -m pytest "$@"
    code=$?
    [ "$code" -eq "$none" ] && return
    if [ "$passed" -eq "$none" ] || [ "$passed" -eq 0 ]; then passed=$code; fi
}

pass -n auto -m "not torture and not journey" "$@"
pass -o "testpaths=tests/journeys tests/examples" -n 4 --dist loadfile -m "patient and not torture" "$@"
pass -o "testpaths=tests/journeys tests/examples" -m "journey and not patient and not torture" "$@"
exit "$passed"
