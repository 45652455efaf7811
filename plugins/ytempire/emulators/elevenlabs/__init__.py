"""A local ElevenLabs: an account with voices, an allowance and a history, that really speaks.

The voice is espeak-ng's and every answer says `x-emulated: simulated`. It listens on loopback only.
"""
