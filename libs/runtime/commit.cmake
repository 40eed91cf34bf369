# Writes runtime/commit.h, but only where it changes, so that only version.cpp is compiled again.
# PLATFORM_COMMIT in the environment wins: a container build has no .git.
set(commit "$ENV{PLATFORM_COMMIT}")
if(NOT commit)
    execute_process(
        COMMAND git -C ${SOURCE_DIR} rev-parse --short=12 HEAD
        OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT commit)
    set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [=[
// Made by the build.
#pragma once
#define PLATFORM_VERSION "@VERSION@"
#define PLATFORM_COMMIT "@commit@"
]=] @ONLY)
