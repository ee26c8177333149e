"""The shop for programs: ``/api/v1``, read-only. See docs/reference/api.md."""
