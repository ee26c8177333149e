"""The OpenAPI document says what is really sent: refusals are problems, not plain JSON."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from autosilo.platform.surfaces.api.problems import MEDIA_TYPE


class Api(NinjaAPI):
    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**kwargs)
        for item in schema["paths"].values():
            for operation in item.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        response["content"] = dict.fromkeys([MEDIA_TYPE], *response["content"].values())
        return schema
