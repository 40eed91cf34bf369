// Read by LeakSanitizer, in every test that links the support library.

extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)

// libpqxx 6.4 loses one result when it finds that the connection broke while it ran the statement:
// it asks for the connection's encoding before it takes ownership, and that question throws.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    return "leak:libpq.so\n";
}
