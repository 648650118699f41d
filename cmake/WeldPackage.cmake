# SPDX-License-Identifier: MIT
#
# The files of an installation for find_package(weld) and pkg-config: configuration, version, targets. All paths in them
# are relative, so an installed tree can be moved.
include(CMakePackageConfigHelpers)

set(weld_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weld)
configure_package_config_file(cmake/weldConfig.cmake.in weldConfig.cmake
    INSTALL_DESTINATION ${weld_package_dir})
# Before 1.0 a minor version may break a promise of the version before it.
write_basic_package_version_file(weldConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(EXPORT weldTargets NAMESPACE weld:: DESTINATION ${weld_package_dir})
if(TARGET weld_fmt)
    install(EXPORT weldFmtTargets NAMESPACE weld:: DESTINATION ${weld_package_dir})
endif()
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/weldConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/weldConfigVersion.cmake
    ${PROJECT_SOURCE_DIR}/cmake/WeldStackClash.cmake
    DESTINATION ${weld_package_dir})

if(BUILD_SHARED_LIBS)
    set(weld_pc_defines "")
else()
    set(weld_pc_defines " -DWELD_STATIC_DEFINE")
endif()
weld_stack_clash_flags(weld_pc_stack_clash)
list(TRANSFORM weld_pc_stack_clash PREPEND " ")
list(JOIN weld_pc_stack_clash "" weld_pc_stack_clash)
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
    set(weld_pc_prefix ${CMAKE_INSTALL_PREFIX})
    set(weld_pc_libdir ${CMAKE_INSTALL_LIBDIR})
else()
    file(RELATIVE_PATH weld_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
    set(weld_pc_prefix "\${pcfiledir}/${weld_pc_prefix}")
    set(weld_pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
    set(weld_pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
else()
    set(weld_pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(cmake/weld.pc.in weld.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/weld.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
