// Read by LeakSanitizer, in every test that links the support library.

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __lsan_default_suppressions();

// libpqxx 6.4 loses one result when it finds that the connection broke while it ran the statement:
// it asks for the connection's encoding before it takes ownership, and that question throws.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libpq.so\n";
}
