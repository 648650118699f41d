# SPDX-License-Identifier: MIT
#
# weld_layer: the one way a layer is declared and installed.
#
#   weld_layer(native
#       BASE_DIRS include platform/unix/include     # include roots; each holds exactly weld/
#       HEADERS   include/weld/native/file.hpp …    # public, installed, checked to compile alone
#       SOURCES   src/unix/file.cpp …
#       DEPENDS   weld::sys)
#
# makes the library weld_native, whose alias weld::native all users link.
include(GNUInstallDirs)
option(WELD_UNITY "Compile the sources of a layer many at a time" OFF)
mark_as_advanced(WELD_UNITY)
include(${CMAKE_CURRENT_LIST_DIR}/WeldStackClash.cmake)
weld_stack_clash_options(weld_stack_clash)

function(weld_layer name)
    cmake_parse_arguments(PARSE_ARGV 1 LAYER "" "" "BASE_DIRS;HEADERS;SOURCES;DEPENDS")
    set(target weld_${name})

    add_library(${target})
    add_library(weld::${name} ALIAS ${target})
    target_sources(${target} PRIVATE ${LAYER_SOURCES})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${LAYER_BASE_DIRS} FILES ${LAYER_HEADERS})
    target_link_libraries(${target} PUBLIC ${LAYER_DEPENDS} PRIVATE $<BUILD_INTERFACE:weld_warnings>)
    target_compile_features(${target} PUBLIC cxx_std_23)
    # Passed on to users: their code may run on a stack with a guard, too. The installed package asks the compiler of
    # its user again.
    target_compile_options(${target} PUBLIC "$<BUILD_INTERFACE:${weld_stack_clash}>")
    # One section per function: a program that links statically keeps only the functions that it calls.
    target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
    # g++ makes a unique symbol (STB_GNU_UNIQUE) of a constant in an inline function. Such a symbol keeps its library
    # loaded for ever: dlclose(3) would do nothing. clang makes none.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
    set_target_properties(${target} PROPERTIES
        CXX_EXTENSIONS OFF
        DEFINE_SYMBOL weld_EXPORTS  # one WELD_API for all layers
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON
        POSITION_INDEPENDENT_CODE ON
        UNITY_BUILD "${WELD_UNITY}"
        UNITY_BUILD_BATCH_SIZE 16
        INSTALL_RPATH $ORIGIN  # a layer finds the lower one in its own folder, also in a moved tree
        EXPORT_NAME ${name}
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
        VERIFY_INTERFACE_HEADER_SETS ON)

    if(WELD_INSTALL)
        install(TARGETS ${target} EXPORT weldTargets
            FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    endif()
endfunction()
