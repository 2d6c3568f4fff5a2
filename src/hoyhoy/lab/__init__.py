"""The lab: JSON under /lab/v1/ to drive the simulated network and its clock, in any language.

Each file's class gives some of the routes; app.py puts them together, on loopback only, behind
guard.py, which keeps web pages out. docs/lab.md lists them with examples.
"""
