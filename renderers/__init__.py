"""ABC in; pages, audio, MIDI and MusicXML out. Knows nothing of models or chats.

The door is `renderers.pipeline`; what can go wrong is in `renderers.errors`.
"""

import logging

logging.getLogger(__name__).addHandler(logging.NullHandler())  # whoever sets up no log is told by errors alone
