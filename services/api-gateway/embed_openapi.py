"""Writes openapi.yaml as a C++ function that answers it as JSON.

Usage: embed_openapi.py openapi.yaml openapi_json.cpp
"""

import json
import sys
from pathlib import Path

import yaml

CHUNK = 8000  # a compiler need not take longer string literals


def main(source, target):
    text = json.dumps(yaml.safe_load(Path(source).read_text()), separators=(",", ":"))
    chunks = [text[i:i + CHUNK] for i in range(0, len(text), CHUNK)]
    literals = "\n    ".join(f'R"openapi({chunk})openapi"' for chunk in chunks)
    Path(target).write_text(
        '#include "api-gateway/resources/docs.h"\n\n'
        "namespace gateway {\n\n"
        "std::string_view OpenApiJson() {\n"
        f"    return\n    {literals};\n"
        "}\n\n"
        "}  // namespace gateway\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
