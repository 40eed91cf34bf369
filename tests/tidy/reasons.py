"""Every stable reason that a caller can be answered with has a row in the catalogue of problems.

Usage: reasons.py ROOT. Prints one line a fault, exits 1 if there is any.
"""

import re
import subprocess
import sys
from pathlib import Path

CATALOGUE = Path("libs/net/problem_catalog.cpp")

FACTORY = re.compile(
    r"\b(?:InvalidArgument|FailedPrecondition|NotFound|PermissionDenied|Unavailable)"
    r"\(\s*\"([a-z][a-z0-9_]*)\"")
MADE = re.compile(r"\bMakeError\(\s*(?:base::)?ErrorKind::(k\w+)\s*,\s*\"([a-z][a-z0-9_]*)\"")
VERDICT = re.compile(r"(?<![.>\w])(?:Deny|Refuse)\(\s*\"([a-z][a-z0-9_]*)\"")

# Errors of these kinds reach callers as `internal`.
HIDDEN_KINDS = {"kInternal", "kDataLoss"}

# What fails here fails a daemon's start, its probe or the command line, and is printed.
PRINTED = (
    "libs/config/", "libs/net/server_core.cpp", "libs/net/tls.cpp", "libs/pg/checks.cpp",
    "libs/redis/endpoint.cpp", "libs/rpc/server.cpp", "libs/rpc/tls.cpp",
    "libs/rpc/user_context.cpp", "libs/runtime/healthcheck.cpp", "libs/signer/allow_list.cpp",
    "libs/transfer/pin.cpp", "services/api-gateway/create_admin.cpp", "services/cryptoctl/",
    "services/wallet-manager/key_versions.cpp", "services/wallet-manager/signer_child.cpp",
)
# Names of a policy's rules, not reasons.
RULES = "services/wallet-manager/policy.cpp"


def reasons(path, text):
    """(reason, line) of every error made in a source file."""
    if str(path).startswith(PRINTED):
        return []
    found = [(match.group(1), match.start()) for match in FACTORY.finditer(text)]
    found += [(match.group(2), match.start()) for match in MADE.finditer(text)
              if match.group(1) not in HIDDEN_KINDS]
    if str(path) != RULES:
        found += [(match.group(1), match.start()) for match in VERDICT.finditer(text)]
    return [(reason, text.count("\n", 0, position) + 1) for reason, position in found]


def rows(catalogue):
    return set(re.findall(r"^([a-z][a-z0-9_]*) \|", catalogue, re.M))


def main(root):
    known = rows((root / CATALOGUE).read_text())
    listing = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "libs", "services"],
                             cwd=root, check=True, capture_output=True, text=True)
    files = [Path(line) for line in listing.stdout.splitlines()
             if line.endswith((".h", ".cpp")) and (root / line).is_file()]
    seen, faults = 0, []
    for path in files:
        for reason, line in reasons(path, (root / path).read_text()):
            seen += 1
            if reason not in known:
                faults.append(f"{path}:{line}: '{reason}' has no row in {CATALOGUE}")
    print("\n".join(sorted(faults)) if faults else f"reasons: {seen} places, {len(known)} rows")
    return 1 if faults or not seen else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
