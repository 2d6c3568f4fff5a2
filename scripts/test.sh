#!/bin/sh
# Pass all tests but the tortures: test.sh PYTHON [options of pytest].
#
# Those that only hold the processor go side by side, as many as there are cores; journeys, which keep time with real
# phones and browsers, go one after the other. An option such as `-k` may leave nothing of one of the two, which is no
# fault.
python=$1
shift

none=5 # what pytest says when there was nothing to be tested

"$python" -m pytest -n auto -m "not torture and not journey" "$@"
first=$?
"$python" -m pytest -m "journey and not torture" "$@"
second=$?

[ "$first" -ne "$none" ] || exit "$second"
[ "$first" -eq 0 ] || exit "$first"
[ "$second" -eq "$none" ] || exit "$second"
