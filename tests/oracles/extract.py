"""Reduce YClients' own OpenAPI file to the structure of the operations that we simulate.

    python tests/oracles/extract.py openapi.json > tests/oracles/yclients-structure.json

Only types, required names, enums and the names of parameters are kept: no sentence, no sample.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

OPERATIONS = (
    ("post", "/auth"),
    ("get", "/companies"),
    ("get", "/company/{id}/"),
    ("get", "/company/{company_id}/staff/{staff_id}"),
    ("get", "/staff/{company_id}/{staff_id}"),
    ("get", "/company/{company_id}/services/{service_id}"),
    ("get", "/services/{company_id}/{service_id}"),
    ("post", "/company/{company_id}/clients/search"),
    ("get", "/clients/{company_id}"),
    ("get", "/client/{company_id}/{id}"),
    ("get", "/records/{company_id}"),
    ("post", "/records/{company_id}"),
    ("get", "/record/{company_id}/{record_id}"),
    ("put", "/record/{company_id}/{record_id}"),
    ("delete", "/record/{company_id}/{record_id}"),
    ("get", "/visits/{visit_id}"),
    ("put", "/visits/{visit_id}/{record_id}"),
    ("get", "/visit/details/{salon_id}/{record_id}/{visit_id}"),
    ("get", "/company/{company_id}/staff/schedule"),
    ("get", "/schedule/{company_id}/{staff_id}/{start_date}/{end_date}"),
    ("get", "/timetable/seances/{company_id}/{staff_id}/{date}"),
    ("get", "/timetable/dates/{company_id}/{date}"),
    ("get", "/book_dates/{company_id}"),
    ("get", "/book_times/{company_id}/{staff_id}/{date}"),
)
PREFIX = "/api/v1"

# The file writes some types as no JSON schema does.
TYPES = {"bool": "boolean", "float": "number", "Integer": "integer", "Object": "object", "date": "string"}
# Its `oneOf` is meant as `anyOf`: a sign-in without a second factor fits both of its alternatives.
CHOICES = ("oneOf", "anyOf")


def main(source: str) -> None:
    document = json.loads(Path(source).read_text(encoding="utf-8"))
    structure = {
        f"{method.upper()} {path}": operation(document, document["paths"][PREFIX + path][method])
        for method, path in OPERATIONS
    }
    json.dump(structure, sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.write("\n")


def operation(document: Mapping[str, Any], described: Mapping[str, Any]) -> dict[str, Any]:
    parameters = described.get("parameters", ())
    kept: dict[str, Any] = {
        "query": sorted(one["name"] for one in parameters if one.get("in") == "query"),
        "responses": {
            status: content_schema(document, response) for status, response in described["responses"].items()
        },
    }
    if "requestBody" in described:
        kept["request"] = content_schema(document, described["requestBody"])
    return kept


def content_schema(document: Mapping[str, Any], holder: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a body; an empty one where the file gives none."""
    content = holder.get("content") or {}
    for described in content.values():
        return schema(document, described.get("schema", {}))
    return {}


def schema(document: Mapping[str, Any], described: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in described:
        return schema(document, document["components"]["schemas"][described["$ref"].rsplit("/", 1)[-1]])
    assert "allOf" not in described, "none of our operations has one so far"
    kept: dict[str, Any] = {name: described[name] for name in ("required", "enum") if name in described}
    if "type" in described:
        kept["type"] = TYPES.get(described["type"], described["type"])
    if described.get("nullable"):
        kept["nullable"] = True
    if described.get("items"):
        kept["items"] = schema(document, described["items"])
    # An empty PHP array stands where an empty object is meant.
    if described.get("properties"):
        kept["properties"] = {name: schema(document, one) for name, one in described["properties"].items()}
    for name in CHOICES:
        if name in described:
            kept["anyOf"] = [schema(document, one) for one in described[name]]
    return kept


if __name__ == "__main__":
    main(sys.argv[1])
