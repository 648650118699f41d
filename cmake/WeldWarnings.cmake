# SPDX-License-Identifier: MIT
#
# weld_warnings: the warnings of which the project's own code is free. Linked privately, so users do not get them. They
# are errors in the presets alone.
add_library(weld_warnings INTERFACE)
target_compile_options(weld_warnings INTERFACE
    -Wall -Wextra -Wpedantic
    $<$<COMPILE_LANGUAGE:CXX>:-Wshadow;-Wconversion;-Wsign-conversion;-Wold-style-cast;-Wnon-virtual-dtor>)
