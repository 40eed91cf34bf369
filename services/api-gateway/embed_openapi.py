"""Writes openapi.yaml as a C++ function that answers it as JSON.

Usage: embed_openapi.py openapi.yaml openapi_json.cpp
"""

import json
import sys
from pathlib import Path

import yaml

A_LINE = 24  # bytes


def main(source, target):
    text = json.dumps(yaml.safe_load(Path(source).read_text()), separators=(",", ":"))
    # As numbers: a compiler need not take string literals of this length.
    codes = [str(byte) for byte in text.encode("ascii")]
    lines = ",\n    ".join(",".join(codes[i:i + A_LINE]) for i in range(0, len(codes), A_LINE))
    Path(target).write_text(
        '#include "api-gateway/resources/docs.h"\n\n'
        "namespace gateway {\n\n"
        "namespace {\n\n"
        f"constexpr char kOpenApi[] = {{\n    {lines}}};\n\n"
        "}  // namespace\n\n"
        "std::string_view OpenApiJson() { return {kOpenApi, sizeof kOpenApi}; }\n\n"
        "}  // namespace gateway\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
