"""From a folder of scores to a corpus that can be trained on."""
