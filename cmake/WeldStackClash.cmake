# SPDX-License-Identifier: MIT
#
# weld_stack_clash_options: compiler options of code that may run on a stack with a guard page below. The installed
# package contains this file too, since the user's compiler decides.
#
# A frame larger than a page can jump over the guard page without touching it, and write into the memory below: the
# stack of another thread. With -fstack-clash-protection a function touches each page of its frame in order, so it
# hits the guard. A function whose frame is smaller than a page is compiled as before.
include_guard()

# Sets `result` to the flags of the C++ compiler; to none where it does not know the option.
function(weld_stack_clash_flags result)
    set(${result} "" PARENT_SCOPE)
    get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
    if(NOT "CXX" IN_LIST languages)
        return()
    endif()
    include(CheckCXXCompilerFlag)
    set(CMAKE_REQUIRED_QUIET ON)
    # The check fails where clang ignores the option with a warning.
    check_cxx_compiler_flag(-fstack-clash-protection WELD_HAS_STACK_CLASH_PROTECTION)
    if(NOT WELD_HAS_STACK_CLASH_PROTECTION)
        return()
    endif()
    set(flags -fstack-clash-protection)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
        # There g++ assumes guards of 64 KiB, and touches the frame only as often.
        list(APPEND flags --param=stack-clash-protection-guard-size=12)
    endif()
    set(${result} ${flags} PARENT_SCOPE)
endfunction()

# Sets `result` to options for target_compile_options.
function(weld_stack_clash_options result)
    weld_stack_clash_flags(flags)
    set(options "")
    foreach(flag IN LISTS flags)
        list(APPEND options $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:${flag}>
            $<$<COMPILE_LANG_AND_ID:C,${CMAKE_CXX_COMPILER_ID}>:${flag}>)
    endforeach()
    set(${result} ${options} PARENT_SCOPE)
endfunction()
