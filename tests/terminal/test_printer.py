"""terminal/printer.py: the exchange never waits for who reads its log."""

import threading

from hoyhoy.terminal.printer import Printer


def test_lines_come_in_order():
    shown = []
    printer = Printer(shown.append)
    for number in range(100):
        printer(f"{number}")
    printer.close()
    assert shown == [f"{number}" for number in range(100)]


def test_who_reads_slowly_is_told_how_much_was_left_out():
    shown, reading, go_on = [], threading.Event(), threading.Event()

    def slow(line):
        reading.set()
        go_on.wait()
        shown.append(line)

    printer = Printer(slow, most=3)
    printer("0")
    reading.wait()
    for number in range(1, 11):
        printer(f"{number}")  # returns at once
    go_on.set()
    while len(shown) < 5:
        go_on.wait()
    printer.close()
    assert shown == ["0", "1", "2", "3", "... 7 lines were not shown"]


def test_a_closed_output_is_no_failure():
    tried = []

    def broken(line):
        tried.append(line)
        raise BrokenPipeError(32, "Broken pipe")

    printer = Printer(broken)
    printer("one")
    printer("two")
    printer.close()
    assert tried == ["one", "two"]
