"""What a browser's media leg speaks: session descriptions and connectivity checks, without sockets.

`sdp` reads a browser's description and writes ours; `stun` reads its checks and writes the answers.
"""
