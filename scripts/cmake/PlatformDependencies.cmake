# Every outside library, found once. CMake packages where they load, pkg-config elsewhere.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS url)
find_package(spdlog CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)

foreach(module libpqxx hiredis libsodium libsecp256k1 nettle libcrypt libutf8proc libseccomp)
    pkg_check_modules(${module} REQUIRED IMPORTED_TARGET ${module})
endforeach()

if(PLATFORM_TESTS OR NOT DEFINED PLATFORM_TESTS)
    find_package(GTest CONFIG REQUIRED)
    find_package(rapidcheck CONFIG REQUIRED)
endif()
