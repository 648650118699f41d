# SPDX-License-Identifier: MIT
#
# green::uv, the I/O on libuv; and green::green, everything. Only pkg-config knows Debian's libuv.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    # Global, because every target that links a static green::uv, in any folder, links it too.
    pkg_check_modules(GREEN_LIBUV QUIET IMPORTED_TARGET GLOBAL libuv>=1.44)
endif()
if(NOT TARGET PkgConfig::GREEN_LIBUV)
    message(FATAL_ERROR
        "green::uv needs libuv 1.44 or newer, and pkg-config to find it (Debian: libuv1-dev pkg-config); "
        "with -DGREEN_WITH_UV=OFF green::core is built without")
endif()

green_library(uv
    EXPORT greenUvTargets
    HEADERS
        include/green/fs.hpp
        include/green/fs/file.hpp
        include/green/fs/metadata.hpp
        include/green/fs/read_dir.hpp
        include/green/fs/walk.hpp
        include/green/model.hpp
        include/green/net.hpp
        include/green/net/tcp_listener.hpp
        include/green/net/tcp_stream.hpp
    SOURCES
        src/uv/fs/file.cpp
        src/uv/fs/metadata.cpp
        src/uv/fs/read_dir.cpp
        src/uv/fs/walk.cpp
        src/uv/net/tcp_listener.cpp
        src/uv/net/tcp_stream.cpp
        src/uv/pollable.cpp
        src/uv/pollable_end.cpp
        src/uv/uv_loop.cpp
    PUBLIC
        green::core
    PRIVATE
        PkgConfig::GREEN_LIBUV)

add_library(green_green INTERFACE)
add_library(green::green ALIAS green_green)
target_link_libraries(green_green INTERFACE green::core green::uv)
set_target_properties(green_green PROPERTIES EXPORT_NAME green)
if(GREEN_INSTALL)
    install(TARGETS green_green EXPORT greenUvTargets)
endif()
