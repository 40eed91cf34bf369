"""The scan of reasons finds each way in which the code makes one."""

import unittest
from pathlib import Path

import reasons


def found(text, path="libs/evm/a.cpp"):
    return [reason for reason, _ in reasons.reasons(Path(path), text)]


class Reasons(unittest.TestCase):
    def test_every_way_to_make_one(self):
        self.assertEqual(found('return base::NotFound("unknown_tx", "x");'), ["unknown_tx"])
        self.assertEqual(found('base::InvalidArgument(\n    "bad_hex", "x")'), ["bad_hex"])
        self.assertEqual(found('base::MakeError(base::ErrorKind::kAborted,\n  "conflict", "x")'), ["conflict"])
        self.assertEqual(found('return Refuse("voided", "x");'), ["voided"])

    def test_what_no_caller_sees(self):
        self.assertEqual(found('base::MakeError(base::ErrorKind::kDataLoss, "bad_record", x)'), [])
        self.assertEqual(found('reader.Refuse("DEPLOYMENT", "x")'), [])
        self.assertEqual(found('base::Unavailable("bad_flag", "x")', "libs/config/values.cpp"), [])
        self.assertEqual(found('Deny("per_day", "x")', "services/wallet-manager/policy.cpp"), [])

    def test_rows(self):
        self.assertEqual(reasons.rows("not_found | 404 | Not found | A. | B.\nno row"), {"not_found"})


if __name__ == "__main__":
    unittest.main()
