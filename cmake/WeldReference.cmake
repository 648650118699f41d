# SPDX-License-Identifier: MIT
#
# The reference of all public headers: `cmake --build BUILD --target reference` writes BUILD/reference/html, and fails
# on a warning. Without Doxygen there is no such target.
find_package(Doxygen QUIET)
if(NOT DOXYGEN_FOUND)
    return()
endif()

set(DOXYGEN_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/reference)
set(DOXYGEN_FILE_PATTERNS *.hpp *.md)
set(DOXYGEN_EXCLUDE_PATTERNS */src/* */bench/*.hpp)
set(DOXYGEN_INPUT_FILTER "sed -E 's/^struct (std|fmt)::/struct /'")  # it knows no foreign specializations
set(DOXYGEN_USE_MDFILE_AS_MAINPAGE ${PROJECT_SOURCE_DIR}/README.md)
set(DOXYGEN_STRIP_FROM_PATH ${PROJECT_SOURCE_DIR})
set(DOXYGEN_MACRO_EXPANSION YES)
set(DOXYGEN_EXPAND_ONLY_PREDEF YES)
set(DOXYGEN_PREDEFINED WELD_API= GREEN_API=)
set(DOXYGEN_EXTRACT_ALL YES)
set(DOXYGEN_JAVADOC_AUTOBRIEF YES)
set(DOXYGEN_AUTOLINK_SUPPORT NO)  # it would take ::ffff for a name
set(DOXYGEN_WARN_IF_UNDOCUMENTED NO)
set(DOXYGEN_WARN_AS_ERROR FAIL_ON_WARNINGS)
set(DOXYGEN_HAVE_DOT NO)
set(DOXYGEN_QUIET YES)
doxygen_add_docs(reference README.md CHANGELOG.md tests/surface/promises.md bench libsys libnative libstd libgreen
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} COMMENT "The reference")
