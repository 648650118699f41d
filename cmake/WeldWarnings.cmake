# SPDX-License-Identifier: MIT
#
# weld_warnings: the warnings that the project's own code is free of. Linked privately, so no user
# sees them; they become errors in the presets alone.
add_library(weld_warnings INTERFACE)
target_compile_options(weld_warnings INTERFACE
    -Wall -Wextra -Wpedantic
    $<$<COMPILE_LANGUAGE:CXX>:-Wshadow;-Wconversion;-Wsign-conversion;-Wold-style-cast;-Wnon-virtual-dtor>)
