# What find_package(aqua) finds: the public headers, and aqua::aqua with the rooms behind it.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(rooms embed sim config report peer services vm types air diagnostics json crypto base compiler compiler_builtin
          compiler_emit compiler_topology compiler_model compiler_semantic compiler_syntax)
list(TRANSFORM rooms PREPEND aqua_)
install(TARGETS ${rooms} EXPORT aquaTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/aqua)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/aqua DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/aqua)
install(EXPORT aquaTargets NAMESPACE aqua:: DESTINATION ${package_folder})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/aquaConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/aquaConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/aquaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/aquaConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/aquaConfigVersion.cmake
        DESTINATION ${package_folder})
