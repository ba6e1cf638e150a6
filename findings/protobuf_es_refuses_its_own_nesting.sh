#!/usr/bin/env bash
# @bufbuild/protobuf 2.17.0 (npm) and protobuf 7.36.2 (PyPI, upb), seen on 2026-11-30.
#
# Both say that messages may nest 100 deep, and count otherwise: below the outermost message, upb reads 100 levels and
# protobuf-es 99. So protobuf-es refuses a valid message that upb, and protobuf-es itself, have written. In JSON they differ
# the other way round: of lists in lists, protobuf-es reads 98 levels, and Python's json_format 49, as it counts the
# ListValue in each Value as a level of its own.
#
# Guess: one limit of 100 for all four, counted in the same way.
#
# Output:
#   python  binary 100 json 49
#   es      binary 99 json 98 writes 100
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check protobuf==7.36.2
npm install --silent --no-save --ignore-scripts --prefix "$dir" @bufbuild/protobuf@2.17.0

cat >deepest.py <<'PY'
from google.protobuf import json_format, struct_pb2


def value(lists):
    """Two messages for each list: a Value, and the ListValue in it."""
    outermost = innermost = struct_pb2.Value()
    for _ in range(lists):
        innermost = innermost.list_value.values.add()
    innermost.null_value = 0
    return outermost


def deepest(read):
    """The largest depth that can be read, up to 120."""
    last = 0
    for depth in range(1, 121):
        try:
            read(depth)
        except Exception:
            break
        last = depth
    return last


def binary(depth):
    data = value((depth + 1) // 2).SerializeToString()
    if depth % 2:
        # One level less: the list in the outermost value.
        data = value((depth + 1) // 2).list_value.SerializeToString()
    (struct_pb2.ListValue if depth % 2 else struct_pb2.Value).FromString(data)


def json(depth):
    json_format.Parse("[" * depth + "null" + "]" * depth, struct_pb2.Value())


print("python  binary", deepest(binary), "json", deepest(json))
PY

cat >deepest.mjs <<'JS'
import { create, fromBinary, fromJson, toBinary } from "@bufbuild/protobuf";
import { ListValueSchema, ValueSchema } from "@bufbuild/protobuf/wkt";

function value(lists) {
  let value = create(ValueSchema, { kind: { case: "nullValue", value: 0 } });
  for (let n = 0; n < lists; n++) {
    const list = create(ListValueSchema, { values: [value] });
    value = create(ValueSchema, { kind: { case: "listValue", value: list } });
  }
  return value;
}

// Levels below the outermost message: two for each list, one less without the outermost value.
function written(depth) {
  const whole = value(Math.ceil(depth / 2));
  return depth % 2 ? toBinary(ListValueSchema, whole.kind.value) : toBinary(ValueSchema, whole);
}

function deepest(read) {
  let last = 0;
  for (let depth = 1; depth <= 120; depth++) {
    try {
      read(depth);
    } catch {
      break;
    }
    last = depth;
  }
  return last;
}

const binary = (depth) => fromBinary(depth % 2 ? ListValueSchema : ValueSchema, written(depth));
function json(depth) {
  let lists = null;
  for (let n = 0; n < depth; n++) lists = [lists];
  fromJson(ValueSchema, lists);
}
const writes = written(100).length > 0 ? 100 : 0;
console.log("es      binary", deepest(binary), "json", deepest(json), "writes", writes);
JS

seen=$(python/bin/python deepest.py && node deepest.mjs)
expected='python  binary 100 json 49
es      binary 99 json 98 writes 100'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'it has changed; it was:\n%s\n' "$expected"; exit 1; }
