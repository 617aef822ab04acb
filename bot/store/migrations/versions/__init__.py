"""The steps, one module each; `down_revision` names the one before."""
