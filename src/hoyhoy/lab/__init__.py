"""The lab: JSON under /lab/v1/ to drive the simulated network and its clock, in any language.

`build` gives the routes; who may reach them is app.py's matter (loopback only, unless told
otherwise). docs/lab.md lists them with examples.
"""
