# SPDX-License-Identifier: MIT
#
# What find_package(green) finds: configuration, version, targets. All of it is relative to where it stands, so
# an installed tree can be moved.
include(CMakePackageConfigHelpers)

set(green_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/green)
configure_package_config_file(cmake/greenConfig.cmake.in greenConfig.cmake
    INSTALL_DESTINATION ${green_package_dir})
# Before 1.0 a minor version may break what the one before promised.
write_basic_package_version_file(greenConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(EXPORT greenTargets NAMESPACE green:: DESTINATION ${green_package_dir})
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/greenConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/greenConfigVersion.cmake
    DESTINATION ${green_package_dir})
