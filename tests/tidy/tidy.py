"""House rules that a compiler does not check. Prints one line a fault, exits 1 if there is any.

Usage: tidy.py ROOT
"""

import re
import subprocess
import sys
from pathlib import Path

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
MAIN_LINES_MAX = 59

TOP_LEVEL = {
    "CMakeLists.txt", "proto", "services", "libs", "admin-dashboard", "deploy", "k8s", "scripts",
    "tests", "README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "CMakePresets.json",
    "docker-compose.yml",
}

# library -> what its files may include. README.md gives the reason for each arrow.
PURE = {"base", "secret", "crypto", "money", "chain"}
SHELL = {"base", "secret", "config", "observe"}
ALLOWED = {
    "base": set(),
    "secret": {"base"},
    "crypto": {"base", "secret"},
    "money": {"base"},
    "auth": {"base", "secret", "crypto", "platform"},
    "chain": {"base", "money", "crypto"},
    "orders": PURE | {"auth", "platform"},
    "evm": PURE,
    "utxo": PURE,
    "solana": PURE,
    "messages": PURE | {"evm", "utxo", "solana"},
    "config": {"base", "secret"},
    "observe": {"base", "secret"},
    "net": SHELL,
    "pg": SHELL,
    "redis": SHELL,
    "rpc": SHELL | {"crypto", "platform"},
    "keyvault": {"base", "secret", "crypto"},
    "signer": PURE | {"auth", "orders", "keyvault", "evm", "utxo", "solana", "messages", "platform"},
    "transfer": PURE | SHELL | {"pg"},
    "follower": PURE | SHELL | {"pg", "transfer"},
    "runtime": SHELL | {"net", "rpc", "pg", "redis"},
    "chain_host": PURE | SHELL | {"auth", "orders", "transfer", "follower", "rpc", "runtime", "pg", "net", "platform"},
    "evm_host": PURE | {"chain_host", "evm"},
    "utxo_host": PURE | {"chain_host", "utxo"},
}
ONLY_FILES_WITH_PROTO = {
    "auth": {"proto_time.h", "order.h", "order.cpp", "order_shape.h", "order_shape.cpp"}}

# Floating point has no place where amounts live.
NO_FLOAT = {"money", "chain", "evm", "utxo", "solana", "transfer", "follower", "orders", "messages", "signer", "keyvault",
            "auth", "crypto", "chain_host"}
FLOAT = re.compile(r"\b(double|float|stod|stof|strtod|atof)\b")
CONTROL = re.compile(r"^\s*(\} )?(if|else|for|while|switch|do|try|catch|namespace|class|struct|enum|union|extern)\b")


def strip_comments_and_strings(text):
    """Blanks out comments and literals, keeping line numbers."""
    pattern = re.compile(
        r'R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)


def check_includes(path, owner, text):
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'#include "([^"/]+)/[^"]+"', line)
        if not match:
            continue
        target = match.group(1)
        if owner in ALLOWED:
            only = ONLY_FILES_WITH_PROTO.get(owner)
            proto_elsewhere = target == "platform" and only is not None and path.name not in only
            if target != owner and (target not in ALLOWED[owner] or proto_elsewhere):
                yield f"{path}:{number}: libs/{owner} must not include {target}/"


def check_service_includes(path, service, text):
    """A service includes libraries and its own files, never another service."""
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'#include "([^"/]+)/[^"]+"', line)
        if match and "-" in match.group(1) and match.group(1) != service:
            yield f"{path}:{number}: services/{service} must not include {match.group(1)}/"


def check_words(path, owner, code):
    for number, line in enumerate(code.splitlines(), 1):
        if re.search(r"\busing namespace\b", line):
            yield f"{path}:{number}: using namespace"
        if owner in NO_FLOAT and FLOAT.search(line):
            yield f"{path}:{number}: floating point near money"


def check_lengths(path, code):
    lines = code.splitlines()
    if len(lines) > FILE_LINES_MAX:
        yield f"{path}: {len(lines)} lines, at most {FILE_LINES_MAX}"
    for index, line in enumerate(lines):
        if not line.rstrip().endswith("{") or CONTROL.match(line):
            continue
        start = index
        while start > 0 and lines[start - 1].strip() and lines[start - 1].rstrip()[-1] not in ";{}:>":
            start -= 1
        head = " ".join(lines[start:index + 1])
        # The rest of a statement such as `if (init;` on the line above.
        if head.count(")") > head.count("("):
            continue
        if "(" not in head or CONTROL.match(lines[start]) or re.search(r"=\s*\{$|\]\s*(\(.*\))?.*\{$", head):
            continue
        indent = len(lines[start]) - len(lines[start].lstrip())
        closing = re.compile(r"^ {%d}\}" % indent)
        end = next((i for i in range(index + 1, len(lines)) if closing.match(lines[i])), index)
        if end - start + 1 > FUNCTION_LINES_MAX:
            yield f"{path}:{start + 1}: function of {end - start + 1} lines, at most {FUNCTION_LINES_MAX}"


def check_coroutines(path, code):
    """gcc 12.2 destroys some temporaries of a co_await expression twice."""
    for match in re.finditer(r"co_await\b", code):
        begin = max(code.rfind(mark, 0, match.start()) for mark in ";{}") + 1
        depth, end = 0, match.end()
        while end < len(code):
            letter = code[end]
            if letter in "([":
                depth += 1
            elif letter in ")]":
                depth -= 1
                if depth < 0:
                    break
            elif letter == ";" or (letter == "{" and depth == 0):
                break
            elif letter == "{" and depth > 0:
                number = code.count("\n", 0, match.start()) + 1
                yield f"{path}:{number}: braces or a lambda inside a co_await expression"
                break
            end += 1
        statement = code[begin:end]
        if re.search(r"\?[^?:]*co_await|co_await[^;]*\?[^:]*:", statement):
            number = code.count("\n", 0, match.start()) + 1
            yield f"{path}:{number}: co_await inside ?:"


def check_header(path, text):
    if "#pragma once" not in text:
        yield f"{path}: no #pragma once"
    if not text.startswith("//"):
        yield f"{path}: the first line does not say what the header is for"


def check_source(path, root):
    text = (root / path).read_text()
    code = strip_comments_and_strings(text)
    parts = path.parts
    owner = parts[1] if parts[0] in ("libs", "services") and len(parts) > 2 else ""
    faults = []
    if parts[0] == "libs":
        faults += check_includes(path, owner, text)
    if parts[0] == "services":
        faults += check_service_includes(path, owner, text)
    if path.name == "main.cpp" and parts[0] == "services" and len(text.splitlines()) > MAIN_LINES_MAX:
        faults.append(f"{path}: {len(text.splitlines())} lines, at most {MAIN_LINES_MAX}")
    if path.suffix == ".h":
        faults += check_header(path, text)
    faults += check_words(path, owner if parts[0] == "libs" else "", code)
    faults += check_lengths(path, code)
    faults += check_coroutines(path, code)
    return faults


def tracked_files(root):
    listing = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"],
                             cwd=root, check=True, capture_output=True, text=True)
    return [Path(line) for line in listing.stdout.splitlines() if (root / line).is_file()]


def main(root):
    faults = []
    files = tracked_files(root)
    for name in sorted({path.parts[0] for path in files}):
        if name not in TOP_LEVEL and not name.startswith("."):
            faults.append(f"{name}: not one of the top-level entries")
    sources = [path for path in files if path.suffix in (".h", ".cpp")]
    for path in sources:
        faults += check_source(path, root)
    print("\n".join(faults) if faults else f"tidy: {len(sources)} files, no faults")
    return 1 if faults or not sources else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
