"""ABC in; pages, audio, MIDI and MusicXML out. Knows nothing of models or chats.

The door is `renderers.pipeline`; what can go wrong is in `renderers.errors`.
"""
