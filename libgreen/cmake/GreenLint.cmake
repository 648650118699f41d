# SPDX-License-Identifier: MIT
#
# green::lint, libgreen_lint.so: preloaded, it reports calls that block a carrier. No program links it.
add_library(green_lint MODULE
    lint/descriptors.cpp
    lint/libc.cpp
    lint/locks.cpp
    lint/report.cpp
    lint/sockets.cpp
    lint/waiting.cpp
    lint/waits.cpp)
add_library(green::lint ALIAS green_lint)
if(TARGET weld_warnings)
    target_link_libraries(green_lint PRIVATE $<BUILD_INTERFACE:weld_warnings>)
endif()
target_compile_features(green_lint PRIVATE cxx_std_23)
target_compile_options(green_lint PRIVATE
    # It defines functions that the C library's headers would rename, inline or replace.
    -U_FORTIFY_SOURCE -U_FILE_OFFSET_BITS -U_TIME_BITS -U__OPTIMIZE__
    # Without exceptions and assertions it needs no C++ library, which might differ from the program's.
    -U_GLIBCXX_ASSERTIONS -fno-exceptions -fno-rtti -fasynchronous-unwind-tables
    -fno-builtin -fstack-clash-protection
    # decltype of a C library function takes its type and drops its attributes.
    -Wno-ignored-attributes)
target_link_options(green_lint PRIVATE LINKER:--as-needed)
target_link_libraries(green_lint PRIVATE ${CMAKE_DL_LIBS})
set_target_properties(green_lint PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    EXPORT_NAME lint)
if(GREEN_INSTALL)
    install(TARGETS green_lint EXPORT greenTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
