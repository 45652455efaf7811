"""A child process that speaks one text with libespeak-ng, by ctypes; standard library only.

The library keeps its state in globals, is not safe for threads and can crash on odd input: a
process of its own, a few hundredths of a second long, keeps all that away from the worker.

Reads one JSON object from standard input: library, data, voice, rate, pitch, range, gap, ssml,
out. Writes the sound to `out` (mono 16-bit WAV) and one JSON object to standard output:
`marks` (name -> ms), `ends` (ms of each clause's end), `seconds`; or `error`.
"""

from __future__ import annotations

import ctypes
import json
import sys
import wave
from typing import Any

# Constants of speak_lib.h, the public header of espeak-ng.
_SYNCHRONOUS = 2
_NO_PHONEME_EVENTS = 0
_DONT_EXIT = 0x8000
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7
_UTF8, _SSML = 1, 0x10
_LIST_END, _MARK, _END = 0, 3, 5


class _Id(ctypes.Union):
    _fields_ = (
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    )


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


def _speak(job: dict[str, Any]) -> dict[str, Any]:
    library = ctypes.CDLL(job["library"])
    sound = bytearray()
    marks: dict[str, int] = {}
    ends: list[int] = []

    def receive(samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            sound.extend(ctypes.string_at(samples, count * 2))
        index = 0
        while events[index].type != _LIST_END:
            event = events[index]
            if event.type == _MARK and event.id.name:
                marks[event.id.name.decode()] = event.audio_position
            elif event.type == _END:
                ends.append(event.audio_position)
            index += 1
        return 0

    hertz = library.espeak_Initialize(
        _SYNCHRONOUS, 0, job["data"].encode(), _NO_PHONEME_EVENTS | _DONT_EXIT
    )
    if hertz <= 0:
        return {"error": "start", "detail": f"espeak_Initialize answered {hertz}"}
    callback = _Callback(receive)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(job["voice"].encode()) != 0:
        return {"error": "language", "detail": job["voice"]}
    for parameter, value in (
        (_RATE, job["rate"]),
        (_PITCH, job["pitch"]),
        (_RANGE, job["range"]),
        (_WORD_GAP, job["gap"]),
    ):
        library.espeak_SetParameter(parameter, value, 0)
    text = job["ssml"].encode()
    result = library.espeak_Synth(text, len(text) + 1, 0, 1, 0, _UTF8 | _SSML, None, None)
    library.espeak_Synchronize()
    if result != 0:
        return {"error": "synthesis", "detail": f"espeak_Synth answered {result}"}
    with wave.open(job["out"], "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(hertz)
        file.writeframes(bytes(sound))
    return {"marks": marks, "ends": ends, "seconds": len(sound) / 2 / hertz}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_speak(json.load(sys.stdin))))
