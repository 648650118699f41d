# SPDX-License-Identifier: MIT
#
# weld_stack_clash_options: how code is compiled that may run on a stack with a guard page below. Part of the installed
# package too, since the compiler of the user decides.
#
# A frame larger than a page can step over the guard without touching it, and write into what lies below: the stack of
# another thread. With -fstack-clash-protection a function touches each page of its frame in order, so the guard stops
# it. A function whose frame is smaller than a page is compiled as before.
include_guard()

# Sets `result` to the options, for target_compile_options; to nothing where the C++ compiler does not know the option.
function(weld_stack_clash_options result)
    set(${result} "" PARENT_SCOPE)
    get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    if(NOT "CXX" IN_LIST languages)
        return()
    endif()
    include(CheckCXXCompilerFlag)
    set(CMAKE_REQUIRED_QUIET ON)
    # The check fails where clang ignores the option with a warning.
    check_cxx_compiler_flag(-fstack-clash-protection WELD_HAS_STACK_CLASH_PROTECTION)
    if(WELD_HAS_STACK_CLASH_PROTECTION)
        set(${result} $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:-fstack-clash-protection>
            $<$<COMPILE_LANG_AND_ID:C,${CMAKE_CXX_COMPILER_ID}>:-fstack-clash-protection> PARENT_SCOPE)
    endif()
endfunction()
