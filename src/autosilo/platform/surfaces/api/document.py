"""The OpenAPI document says what is really sent: refusals are problems, not plain JSON."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from autosilo.platform.surfaces.api.problems import MEDIA_TYPE

PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
ALWAYS = {
    "400": "Bad Request: a character that no address and no text has",
    "413": "Content Too Large",
    "503": "Service Unavailable: ask again soon",
}
"""What any operation may answer."""


class Api(NinjaAPI):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._documents: dict[str, OpenAPISchema] = {}

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Written once for each set of arguments: it takes a tenth of a second, and anybody may ask for it."""
        asked = repr(sorted(kwargs.items()))
        if asked not in self._documents:
            self._documents[asked] = self._write(**kwargs)
        return self._documents[asked]

    def _write(self, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**kwargs)
        for item in schema["paths"].values():
            for operation in item.values():
                for status, words in ALWAYS.items():
                    operation["responses"].setdefault(status, {"description": words, "content": {"": PROBLEM}})
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        response["content"] = dict.fromkeys([MEDIA_TYPE], *response["content"].values())
        return schema
