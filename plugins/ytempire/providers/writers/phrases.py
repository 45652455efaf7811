"""What the trend teller can say, in several voices; `{…}` is a measured number or a quoted title.

A phrasing is used only when every one of its numbers could be computed.
"""

from __future__ import annotations

from collections.abc import Callable

#: Picks a phrasing of a kind and fills it in.
Choose = Callable[[str], str]

PHRASES: dict[str, tuple[str, ...]] = {
    "title": (
        "{topic}: what {count} videos show right now",
        "What people watch about {topic} this hour",
        "{topic}, in {fastest} views an hour",
        "The fastest video about {topic} today",
        "{topic}: how much attention is there?",
        "{topic}: the numbers behind the trend",
    ),
    "thumbnail": (
        "{fastest} AN HOUR",
        "{total} VIEWS",
        "WHO IS WATCHING?",
        "THE FASTEST ONE",
    ),
    "hook": (
        "One video about {topic} gains {fastest} views every hour. What is going on?",
        "{fastest} views an hour: that is the pace at the top of {topic} right now.",
        "How often is a video about {topic} opened? The fastest one: {fastest} times an hour.",
        "What moves in {topic}? Not opinions, just the counters, as they stood today.",
        "Look at this counter before you say a word about {topic}: {fastest} views an hour.",
        "Let's measure a trend instead of guessing it. Today's topic: {topic}.",
    ),
    "scope": (
        "We look at {count} videos on it. Together, they have {total} views.",
        "{count} videos make up this picture, with {total} views between them.",
        "Take {count} videos on the subject. Add their views, and you get {total}.",
        "{count} videos, {total} views: that is our sample, and it is all we claim to know.",
    ),
    "pace": (
        "The fastest of them is called {fastest_title}. It adds {fastest} views an hour.",
        "In front is {fastest_title}, with {fastest} new views every hour.",
        "{fastest_title} leads the field, at {fastest} views an hour.",
        "Nothing here moves faster than {fastest_title}: {fastest} views an hour.",
        "The leader gains {fastest} views an hour.",
    ),
    "spread": (
        "The median video gets {median} an hour. So the leader runs {times} times as fast.",
        "Put it beside the median, {median} an hour, and the gap is {times} to one.",
        "A typical one gains {median} views an hour. The leader does {times} times that.",
        "The one in the middle gains {median} an hour. The top one, {times} times that.",
    ),
    "share": (
        "Of all the new views in this group, {share} percent go to the leader.",
        "The leader alone takes {share} percent of the whole group's pace.",
        "Count every new view, and {share} of each hundred land on the leader.",
        "And {share} percent of the new views go to the leader alone.",
    ),
    "age": (
        "And the leader is {age} old, so this is about its pace now, not its past.",
        "The leader came out {age} ago. Its views are still coming in.",
        "How old is the leader? {age}. Keep that in mind when you compare totals.",
        "The leader has had {age} to get here, and has {fastest_views} views in all.",
    ),
    "second": (
        "The runner-up, {second_title}, makes {second} an hour.",
        "In second place: {second} views an hour, for {second_title}.",
        "Behind the leader comes {second_title}, with {second} an hour.",
        "The next one gains {second} an hour, and the slowest of the group {slowest}.",
    ),
    "most": (
        "The most watched one is another: {most_title}, with {most_views} views in all. "
        "Today it adds {most_pace} an hour.",
        "The biggest total belongs to {most_title}: {most_views} views. "
        "But its pace now is {most_pace} an hour.",
        "Most views in all? {most_title}, at {most_views}. Big is not the same as fast.",
    ),
    "meaning": (
        "What does it say? Totals tell you what was popular. Pace tells you what is popular now.",
        "So look at pace, not at totals. A total only ever grows; a pace can fall.",
        "The lesson: an average hides the one video that carries the trend.",
        "It says this much: attention is not shared out evenly. It gathers in one place.",
        "Read it with care. A pace is a snapshot, and by tomorrow the order can change.",
    ),
    "close": (
        "Would you have guessed the winner? Come back for the next measurement.",
        "Those were the numbers for {topic}. Tomorrow they can be different ones.",
        "Next time somebody talks of a trend in {topic}, ask them: how many an hour?",
        "That is {topic}, measured. What should we count next?",
        "Keep an eye on it. We will.",
    ),
}
