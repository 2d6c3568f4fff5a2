"""`python -m hoyhoy` is `hoyhoy`."""

from .cli import main

if __name__ == "__main__":
    main(prog_name="hoyhoy")
