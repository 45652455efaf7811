"""A local Google Translate, as far as gTTS asks it: the one call that answers with speech.

The voice is espeak-ng's and every answer says `x-emulated: simulated`. It listens on loopback only.
"""
