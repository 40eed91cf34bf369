# Language level, build types and the interface target every one of our targets links privately.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

set(PLATFORM_SANITIZE "" CACHE STRING "Comma separated sanitizers, as -fsanitize= takes them")
option(PLATFORM_COVERAGE "Instrument for line coverage" OFF)
if(PLATFORM_COVERAGE)
    set(CMAKE_CXX_FLAGS_DEBUG "-O0")  # counters need no debugging information: an eighth of the build
endif()
# Named crash points exist in the coverage build alone; a release binary has none.
option(PLATFORM_CRASH_POINTS "Compile the named crash points in" ${PLATFORM_COVERAGE})

add_library(platform_options INTERFACE)
target_compile_options(platform_options INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor -Werror -pthread)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    # Not in gcc's -Wconversion; and what libstdc++ 12 calls in std::stable_sort.
    target_compile_options(platform_options INTERFACE -Wno-sign-conversion -Wno-deprecated-declarations)
endif()
target_include_directories(platform_options INTERFACE ${CMAKE_SOURCE_DIR}/libs)
if(PLATFORM_CRASH_POINTS)
    target_compile_definitions(platform_options INTERFACE PLATFORM_CRASH_POINTS=1)
endif()

# The files of a target compiled several as one: most of a cold build is headers. `debug` and the
# sanitizers compile each file alone, so that one which forgets to include what it uses is found.
option(PLATFORM_UNITY "Compile the files of a target together" OFF)
if(PLATFORM_UNITY)
    # A file sees the names of those before it.
    target_compile_options(platform_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
else()
    target_compile_options(platform_options INTERFACE -Wshadow)
endif()

# Sanitizers reach generated code too, so that one program is built one way. Counters are for our own
# lines alone: those of libraries' headers would be most of them.
add_library(platform_instrumentation INTERFACE)
target_link_options(platform_instrumentation INTERFACE -fuse-ld=mold)
target_link_libraries(platform_options INTERFACE platform_instrumentation)
if(PLATFORM_SANITIZE)
    target_compile_options(platform_instrumentation INTERFACE
        -fsanitize=${PLATFORM_SANITIZE} -fno-omit-frame-pointer)
    target_compile_definitions(platform_instrumentation INTERFACE PLATFORM_SANITIZE=1)
    target_link_options(platform_instrumentation INTERFACE -fsanitize=${PLATFORM_SANITIZE})
    if(PLATFORM_SANITIZE MATCHES thread)
        # gcc warns of the fences inside Asio, which the sanitizer does not model; its locks suffice.
        target_compile_options(platform_instrumentation INTERFACE -Wno-tsan)
    endif()
endif()
option(PLATFORM_FUZZER "Build tests/fuzz for clang's libFuzzer" OFF)
if(PLATFORM_FUZZER)
    target_compile_options(platform_instrumentation INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(PLATFORM_COVERAGE)
    target_compile_options(platform_instrumentation INTERFACE
        --coverage "-fprofile-filter-files=(^|/)(libs|services)/")
    target_compile_definitions(platform_instrumentation INTERFACE PLATFORM_COVERAGE=1)
    target_link_options(platform_instrumentation INTERFACE --coverage)
endif()
