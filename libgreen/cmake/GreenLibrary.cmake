# SPDX-License-Identifier: MIT
#
# green_library: the one way a library of this package is declared and installed.
#
#   green_library(core
#       EXPORT  greenTargets                 # the export set that it is installed with
#       HEADERS include/green/thread.hpp …   # public, installed, checked to compile alone
#       SOURCES src/thread.cpp …
#       PUBLIC  weld::std                    # needed by its headers
#       PRIVATE …)                           # needed by its sources only
#
# makes the library green_core, with the alias green::core, which all users link.
include(GNUInstallDirs)

function(green_library name)
    cmake_parse_arguments(PARSE_ARGV 1 LIBRARY "" "EXPORT" "HEADERS;SOURCES;PUBLIC;PRIVATE")
    set(target green_${name})

    add_library(${target})
    add_library(green::${name} ALIAS ${target})
    target_sources(${target} PRIVATE ${LIBRARY_SOURCES})
    target_sources(${target} PUBLIC FILE_SET HEADERS
        BASE_DIRS include ${PROJECT_BINARY_DIR}/include
        FILES ${LIBRARY_HEADERS})
    target_link_libraries(${target} PUBLIC ${LIBRARY_PUBLIC} PRIVATE ${LIBRARY_PRIVATE})
    if(TARGET weld_warnings)
        target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:weld_warnings>)
    endif()
    target_compile_features(${target} PUBLIC cxx_std_23)
    # weld's targets bring the options by which no frame jumps over a guard page.
    target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
    set_target_properties(${target} PROPERTIES
        CXX_EXTENSIONS OFF
        DEFINE_SYMBOL green_EXPORTS  # one GREEN_API for both libraries
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON
        POSITION_INDEPENDENT_CODE ON
        UNITY_BUILD "${WELD_UNITY}"  # as weld_layer; off by itself
        UNITY_BUILD_BATCH_SIZE 16
        INSTALL_RPATH $ORIGIN
        EXPORT_NAME ${name}
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
        VERIFY_INTERFACE_HEADER_SETS ON)

    if(GREEN_INSTALL)
        install(TARGETS ${target} EXPORT ${LIBRARY_EXPORT}
            FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    endif()
endfunction()
