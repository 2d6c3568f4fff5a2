"""Where everything is remembered: one database, written by one thread, read by a few.

    record() -> journal -> (batch of records) -> writer thread: changes -> SQL, one transaction
                   |                                   |
                   +-> listeners at once               +-> loop: settled() returns, callbacks go to the outbox
                       (directory, feed)

`schema` turns table descriptions into tables, `changes` folds a batch into as few rows as
possible, `statements` writes them with as few calls as possible, `writer` owns the thread and its
failures, `journal` is the face the exchange sees, `rows` and `directory` are the reading side,
`vault` hides secrets, `folder` guards the data folder, `database` puts it all together.
"""
