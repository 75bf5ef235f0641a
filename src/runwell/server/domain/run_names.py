"""Readable names for runs that were given none: ``adjective-noun-N``."""

from __future__ import annotations

import random

_ADJECTIVES = (
    "amber bold brave breezy bright brisk calm candid cedar clear clever coral cosmic crisp daring deep dry eager "
    "early easy electric fair fast fine firm fresh frosty gentle giddy gilded glad glowing golden graceful grand "
    "happy hardy hidden honest humble jolly keen kind lively lucid lucky lunar mellow mild misty modest morning "
    "mossy neat noble northern olive patient pearly plain playful polar proud quick quiet radiant rapid rosy "
    "royal rustic sandy serene sharp silent silver smooth soft solar spring stable steady still sunny swift tidal "
    "tidy vivid warm wild winter wise young zesty"
)
_NOUNS = (
    "acorn alder arch aspen badger bay beacon birch bloom breeze bridge brook canyon cedar cliff cloud comet "
    "coral cove crane creek crest dawn delta dew dune eagle ember fern field finch firefly fjord flame forest fox "
    "garden glade glacier grove gull harbor haven hawk heron hill island ivy jay juniper lagoon lake lantern lark "
    "leaf lily lynx maple marsh meadow mesa mist moon moss mountain oak ocean orchid otter owl peak pebble pine "
    "planet plum pond prairie quartz rain raven reef ridge river robin sky snow spark sparrow star stone stream "
    "summit sun thicket thunder tide trail tree valley violet wave willow wind wren"
)


def readable_name(number: int) -> str:
    """Give a name like ``glowing-river-12``; ``number`` is the run's running number in its project."""
    return f"{random.choice(_ADJECTIVES.split())}-{random.choice(_NOUNS.split())}-{number}"  # noqa: S311 (a name, no secret)
