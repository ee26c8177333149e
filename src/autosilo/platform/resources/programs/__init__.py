"""Programs that use the API: who they are, for whom they act, and what they are told."""
