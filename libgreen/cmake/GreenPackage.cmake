# SPDX-License-Identifier: MIT
#
# The files that find_package(green) and pkg-config find: configuration, version, targets. All paths are relative to the
# files themselves, so an installed tree can be moved.
include(CMakePackageConfigHelpers)

get_target_property(type green_core TYPE)
set(green_uv_is_static FALSE)
set(green_components core)
if(GREEN_WITH_UV)
    string(COMPARE EQUAL ${type} STATIC_LIBRARY green_uv_is_static)
    list(APPEND green_components uv green)
endif()

set(green_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/green)
configure_package_config_file(cmake/greenConfig.cmake.in greenConfig.cmake
    INSTALL_DESTINATION ${green_package_dir})
# Before 1.0 a minor version may break promises of the previous one.
write_basic_package_version_file(greenConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(EXPORT greenTargets NAMESPACE green:: DESTINATION ${green_package_dir})
if(GREEN_WITH_UV)
    install(EXPORT greenUvTargets NAMESPACE green:: DESTINATION ${green_package_dir})
endif()
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/greenConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/greenConfigVersion.cmake
    DESTINATION ${green_package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
    set(green_pc_prefix ${CMAKE_INSTALL_PREFIX})
    set(green_pc_libdir ${CMAKE_INSTALL_LIBDIR})
else()
    file(RELATIVE_PATH green_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
    set(green_pc_prefix "\${pcfiledir}/${green_pc_prefix}")
    set(green_pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
    set(green_pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
else()
    set(green_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
set(green_pc_defines "")
if(type STREQUAL STATIC_LIBRARY)
    set(green_pc_defines " -DGREEN_STATIC_DEFINE")
endif()

# green_pc(core "weld >= 0.1" DESCRIPTION): green_core.pc, with its requirements.
function(green_pc green_pc_name green_pc_requires green_pc_description)
    configure_file(cmake/green.pc.in green_${green_pc_name}.pc @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/green_${green_pc_name}.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

green_pc(core "weld >= 0.1" "tasks, without I/O")
if(green_uv_is_static)
    green_pc(uv "green_core = ${PROJECT_VERSION}, libuv >= 1.44" "with I/O on libuv")
elseif(GREEN_WITH_UV)
    green_pc(uv "green_core = ${PROJECT_VERSION}" "with I/O on libuv")
endif()
