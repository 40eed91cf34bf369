# Headers that many files include, parsed and instantiated once: half of a cold build. The sanitizer
# builds go without, so that a file which forgets to include what it uses is found.
option(PLATFORM_PRECOMPILE "Precompile what most files include" ON)

# platform_headers(code <string>...) -> target platform_headers_code
function(platform_headers name)
    set(stub ${CMAKE_BINARY_DIR}/headers_${name}.cpp)
    file(CONFIGURE OUTPUT ${stub} CONTENT "")
    add_library(platform_headers_${name} OBJECT EXCLUDE_FROM_ALL ${stub})
    target_link_libraries(platform_headers_${name} PRIVATE platform_options platform_proto_wallet)
    target_precompile_headers(platform_headers_${name} PRIVATE ${ARGN})
endfunction()

# platform_precompile(platform_api_gateway PRIVATE "own.h" | REUSE_FROM platform_headers_code)
function(platform_precompile target)
    if(PLATFORM_PRECOMPILE)
        target_precompile_headers(${target} ${ARGN})
        # Else ccache cannot help.
        if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
            target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
        else()
            target_compile_options(${target} PRIVATE -fpch-preprocess)
        endif()
    endif()
endfunction()

# platform_unity(platform_net [PROPERTY VALUE...])
function(platform_unity target)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${PLATFORM_UNITY} UNITY_BUILD_BATCH_SIZE 8 ${ARGN})
endfunction()

set(common_headers
    <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <set> <span> <string> <string_view>
    <variant> <vector> <nlohmann/json.hpp>
    <boost/asio/awaitable.hpp> <boost/asio/bind_cancellation_slot.hpp> <boost/asio/cancellation_signal.hpp>
    <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp>
    <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>
    <grpcpp/grpcpp.h> <grpcpp/support/server_callback.h>
    <platform/chain/v1/chain_service.grpc.pb.h> <platform/wallet/v1/wallet_service.grpc.pb.h>
    <base/result.h>)
if(PLATFORM_PRECOMPILE)
    platform_headers(code ${common_headers})
    if(PLATFORM_TESTS OR NOT DEFINED PLATFORM_TESTS)
        platform_headers(tests ${common_headers} <gmock/gmock.h> <gtest/gtest.h>)
        target_link_libraries(platform_headers_tests PRIVATE GTest::gmock)
    endif()
endif()

# platform_library(base SOURCES a.cpp PUBLIC lib... PRIVATE lib...)
#   -> target platform_base, alias platform::base, headers included as "base/<file>.h".
function(platform_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(platform_${name} STATIC ${ARG_SOURCES})
    add_library(platform::${name} ALIAS platform_${name})
    target_include_directories(platform_${name} PUBLIC ${CMAKE_SOURCE_DIR}/libs)
    target_link_libraries(platform_${name} PUBLIC ${ARG_PUBLIC} PRIVATE platform_options ${ARG_PRIVATE})
    platform_precompile(platform_${name} REUSE_FROM platform_headers_code)
    platform_unity(platform_${name})
endfunction()

# platform_service(ethereum-service SOURCES files without main.cpp LIBS lib...)
#   -> the executable ethereum-service and, where it has files of its own, the object library
#   platform_ethereum_service that tests link.
function(platform_service name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
    string(REPLACE "-" "_" id ${name})
    add_executable(${name} main.cpp)
    target_link_libraries(${name} PRIVATE platform_options ${ARG_LIBS})
    platform_precompile(${name} REUSE_FROM platform_headers_code)
    if(ARG_SOURCES)
        add_library(platform_${id} OBJECT ${ARG_SOURCES})
        target_include_directories(platform_${id} PUBLIC ${CMAKE_SOURCE_DIR}/services)
        target_link_libraries(platform_${id} PUBLIC ${ARG_LIBS} PRIVATE platform_options)
        target_link_libraries(${name} PRIVATE platform_${id})
        platform_precompile(platform_${id} REUSE_FROM platform_headers_code)
        platform_unity(platform_${id})
    endif()
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# platform_test(unit_base SOURCES files LIBS lib... [LABELS unit] [TIMEOUT seconds])
function(platform_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE PLATFORM_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE ${ARG_LIBS} GTest::gmock GTest::gtest_main platform_options)
    platform_precompile(${name} REUSE_FROM platform_headers_tests)
    platform_unity(${name})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

# platform_proto(common FILES platform/common/v1/a.proto... DEPENDS common... [ROOT folder])
#   -> target platform_proto_common: generated messages and gRPC stubs, warnings off.
function(platform_proto area)
    cmake_parse_arguments(ARG "" "ROOT" "FILES;DEPENDS" ${ARGN})
    set(root ${CMAKE_SOURCE_DIR}/proto)
    if(ARG_ROOT)
        set(root ${ARG_ROOT})
    endif()
    set(out ${CMAKE_BINARY_DIR}/proto)
    set(generated)
    foreach(file ${ARG_FILES})
        string(REGEX REPLACE "\\.proto$" "" stem ${file})
        set(products ${out}/${stem}.pb.cc ${out}/${stem}.pb.h ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
        add_custom_command(
            OUTPUT ${products}
            COMMAND ${CMAKE_COMMAND} -E make_directory ${out}
            COMMAND protobuf::protoc --proto_path=${root} --cpp_out=${out} --grpc_out=${out}
                    --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin> ${file}
            DEPENDS ${root}/${file}
            WORKING_DIRECTORY ${root}
            VERBATIM)
        list(APPEND generated ${out}/${stem}.pb.cc ${out}/${stem}.grpc.pb.cc)
        # Not with those of another file: all call their tables alike.
        set_source_files_properties(${out}/${stem}.pb.cc ${out}/${stem}.grpc.pb.cc PROPERTIES UNITY_GROUP ${stem})
    endforeach()
    add_library(platform_proto_${area} STATIC ${generated})
    target_include_directories(platform_proto_${area} SYSTEM PUBLIC ${out})
    target_compile_options(platform_proto_${area} PRIVATE -w)
    platform_unity(platform_proto_${area} UNITY_BUILD_MODE GROUP)
    list(TRANSFORM ARG_DEPENDS PREPEND platform_proto_ OUTPUT_VARIABLE depends)
    target_link_libraries(platform_proto_${area} PUBLIC gRPC::grpc++ protobuf::libprotobuf ${depends}
                                                 PRIVATE platform_instrumentation)
endfunction()
