"""Read by any Python, of any age, that `hoyhoy run` starts: so plain old Python, silent and harmless.

aiohttp's sessions look at HTTPS_PROXY only when asked to; this makes asking the default, when
aiohttp is first imported. Then the sitecustomize that this one stands in front of has its turn.
"""

# mypy: ignore-errors
# ruff: noqa: UP004
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


class _Default(object):
    """Finds `aiohttp.client` as it would be found without us, and changes one default once it is loaded."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "aiohttp.client":
            return None
        try:
            spec = None
            for finder in sys.meta_path:
                if finder is not self and hasattr(finder, "find_spec"):
                    spec = finder.find_spec(fullname, path, target)
                    if spec is not None:
                        break
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                try:
                    defaults = module.ClientSession.__init__.__kwdefaults__
                    if "trust_env" in defaults:
                        defaults["trust_env"] = True
                except Exception:
                    pass

            spec.loader.exec_module = exec_module
            return spec
        except Exception:
            return None


def _shadowed():
    """The next sitecustomize on the path, if any."""
    path = [p for p in sys.path if os.path.abspath(p or ".") != _HERE]
    try:
        from importlib.machinery import PathFinder
        from importlib.util import module_from_spec
    except ImportError:
        return _shadowed_of_old(path)
    spec = PathFinder.find_spec("sitecustomize", path)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


def _shadowed_of_old(path):
    try:
        import imp

        found = imp.find_module("sitecustomize", path)
    except ImportError:
        return
    try:
        sys.modules["sitecustomize"] = imp.load_module("sitecustomize", *found)
    finally:
        if found[0]:
            found[0].close()


try:
    if sys.version_info >= (3, 5) and "aiohttp.client" not in sys.modules:
        sys.meta_path.insert(0, _Default())
except Exception:
    pass
_shadowed()
