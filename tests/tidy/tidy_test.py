"""Each rule of tidy.py must find a planted fault and pass a clean neighbour."""

import unittest
from pathlib import Path

import tidy


def words(code, owner="money"):
    return list(tidy.check_words(Path("a.cpp"), owner, tidy.strip_comments_and_strings(code)))


class Words(unittest.TestCase):
    def test_floating_point_near_money(self):
        self.assertTrue(words("double price;"))
        self.assertFalse(words("// a double loses money\nconst char* text = \"double\";"))
        self.assertFalse(words("double seconds;", owner="observe"))

    def test_using_namespace(self):
        self.assertTrue(words("using namespace std;", owner="observe"))


class Includes(unittest.TestCase):
    def check(self, owner, line, name="a.cpp"):
        return list(tidy.check_includes(Path("libs") / owner / name, owner, line))

    def test_direction(self):
        self.assertTrue(self.check("money", '#include "pg/pool.h"'))
        self.assertTrue(self.check("evm", '#include "solana/message.h"'))
        self.assertFalse(self.check("evm", '#include "crypto/hash.h"'))

    def test_proto_only_in_the_order_file_of_auth(self):
        line = '#include "platform/common/v1/order.pb.h"'
        self.assertTrue(self.check("auth", line, "jwt.cpp"))
        self.assertFalse(self.check("auth", line, "order.cpp"))

    def test_services_do_not_include_each_other(self):
        line = '#include "wallet-manager/policy.h"'
        self.assertTrue(list(tidy.check_service_includes(Path("a.cpp"), "api-gateway", line)))
        self.assertFalse(list(tidy.check_service_includes(Path("a.cpp"), "wallet-manager", line)))


class Lengths(unittest.TestCase):
    def check(self, code):
        return list(tidy.check_lengths(Path("a.cpp"), code))

    def test_file(self):
        self.assertTrue(self.check("int a;\n" * 501))
        self.assertFalse(self.check("int a;\n" * 500))

    def test_function(self):
        def function(lines):
            return "void F(int a) {\n" + "    a = 1;\n" * (lines - 2) + "}\n"
        self.assertTrue(self.check(function(71)))
        self.assertFalse(self.check(function(70)))

    def test_condition_over_two_lines_is_not_a_function(self):
        condition = "    if (const auto a = F();\n        a != G()) {\n        H();\n    }\n"
        self.assertFalse(self.check("void F(int a) {\n" + condition + "}\n" + "int a;\n" * 80 + "        }\n"))

    def test_class_is_not_a_function(self):
        self.assertFalse(self.check("class A {\n" + "    int a_;\n" * 90 + "};\n"))


class Coroutines(unittest.TestCase):
    def check(self, code):
        return list(tidy.check_coroutines(Path("a.cpp"), code))

    def test_lambda_and_braces(self):
        self.assertTrue(self.check("void F() { co_await Run([&] { return 1; }); }"))
        self.assertTrue(self.check("void F() { co_await Run(Request{1}); }"))
        self.assertFalse(self.check("void F() { co_await Run(std::move(request)); }"))
        self.assertFalse(self.check("void F() { if (co_await Ready()) { Go(); } }"))

    def test_conditional(self):
        self.assertTrue(self.check("void F() { auto x = a ? co_await B() : c; }"))


if __name__ == "__main__":
    unittest.main()
