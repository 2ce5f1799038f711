"""Schemas: whether today's model of a memory takes what an older one has stored."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
DESCRIPTIVE = frozenset(("title", "description", "default", "examples", "$defs"))


def refused(old: Schema, new: Schema) -> tuple[str, ...]:
    """Return the fields that today's model would refuse, each with the reason.

    `old` is a JSON schema of what was stored (every field stands in it), `new` of what is read.
    Only what surely fits counts as taken: a pattern that was widened is reported too.
    """
    return tuple(_objects(old, new, old, new, ""))


def _objects(old: Schema, new: Schema, old_root: Schema, new_root: Schema, at: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in new.get("required", ()):
        if name not in before:
            yield f"{at}{name} is required, and was not stored"
    for name, schema in before.items():
        if name in after:
            if not _takes(schema, after[name], old_root, new_root):
                yield f"{at}{name} takes other values than were stored"
        elif new.get("additionalProperties", True) is False:
            yield f"{at}{name} was stored, and no field takes it"


def _takes(old: Schema, new: Schema, old_root: Schema, new_root: Schema) -> bool:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    if "anyOf" in old:
        return all(_takes(one, new, old_root, new_root) for one in old["anyOf"])
    if "anyOf" in new:
        return any(_takes(old, one, old_root, new_root) for one in new["anyOf"])
    if _plain(new) == {}:
        return True
    values, among = _values(old), _values(new)
    if among is not None:
        return values is not None and all(value in among for value in values)
    if old.get("type") != new.get("type"):
        return False
    if old.get("type") == "object" and ("properties" in old or "properties" in new):
        return not list(_objects(old, new, old_root, new_root, ""))
    if old.get("type") == "array":
        return _arrays(old, new, old_root, new_root)
    return values is not None or _plain(old) == _plain(new)


def _arrays(old: Schema, new: Schema, old_root: Schema, new_root: Schema) -> bool:
    fixed, places = old.get("prefixItems", []), new.get("prefixItems", [])
    bounds = ("minItems", "maxItems", "uniqueItems")
    if len(fixed) != len(places) or any(old.get(bound) != new.get(bound) for bound in bounds):
        return False
    pairs = [*zip(fixed, places, strict=True), (old.get("items", {}), new.get("items", {}))]
    return all(_takes(one, other, old_root, new_root) for one, other in pairs)


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def _values(schema: Schema) -> list[Any] | None:
    """Return the only values that fit, where they are listed."""
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _plain(schema: Schema) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in DESCRIPTIVE}
