from hoyhoy.exchange.verbs.nouns import Pair


class Parameter(Pair):
    """Something that a program is told besides: a client, an application (voice reference 2.7.5)."""
