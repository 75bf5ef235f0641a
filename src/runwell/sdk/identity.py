"""What a run is called when nobody says: an id of 8 characters and a readable name.

Chance comes from the operating system, never from ``random``: a script's seed stays the script's.
"""

from __future__ import annotations

import os

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_ADJECTIVES = """
amber ancient autumn azure balmy bold brave breezy bright brisk calm charmed cheerful chilly classic clear
clever cool copper coral cosmic crimson crisp curious daily dainty dandy dashing dawn deep deft distant divine
dreamy dulcet dusty eager earnest easy efficient electric elated ethereal fair faithful fallen fancy fast
feasible fine firm flowing fluent fresh frosty gallant gentle giddy glad gleaming glowing golden good graceful
grateful happy hardy hearty helpful hidden honest hopeful humble icy jolly jumping kind late leafy light likely
lilac lively logical lucky lunar magic major mild misty morning neat noble northern olive opal pious playful
pleasant polar polished prime proud quiet radiant rare restful rich robust rosy royal ruby rural scarlet serene
sharp silver smooth snowy soft solar southern spring stellar still sturdy summer sunny super swift tender true
twilight valiant vibrant vivid warm wandering wild wise wobbly young zesty
"""
_NOUNS = """
acorn aspen aurora badger bay beacon bird blaze bloom breeze brook bush butterfly canyon cedar cherry cloud
clover comet cosmos crane creek dawn deer delta dew disco dove dream dune dust eagle echo elm ember falcon
feather fern field finch fire firefly flame flower fog forest fox frog frost galaxy garden glacier glade glitter
grass grove harbor haze heron hill island jazz lake lagoon lark leaf lily lion maple meadow mist moon morning
moss mountain night oak ocean orchid otter owl palm paper pebble pine plant plasma pond prairie puddle rain
raven reef resonance ridge river robin rock rose salmon sea shadow shape silence sky smoke snow snowflake sound
sparrow spruce star stream sun sunset surf swan thunder totem tree universe valley violet voice water waterfall
wave well wildflower willow wind wood yogurt
"""


def new_run_id() -> str:
    """Give a fresh run id: 8 characters of digits and small letters (41 bits)."""
    number = int.from_bytes(os.urandom(8), "big")
    text = ""
    for _ in range(8):
        number, digit = divmod(number, 36)
        text += _ALPHABET[digit]
    return text


def new_display_name() -> str:
    """Give a readable name such as ``glowing-sun-12``."""
    adjectives, nouns = _ADJECTIVES.split(), _NOUNS.split()
    a, b, c = (int.from_bytes(os.urandom(4), "big") for _ in range(3))
    return f"{adjectives[a % len(adjectives)]}-{nouns[b % len(nouns)]}-{c % 999 + 1}"


def new_journal_id() -> str:
    """Give a fresh writer id: 32 hex digits."""
    return os.urandom(16).hex()
