# What `cmake --install` puts where: headers, libraries, the CMake package and the pkg-config file.
include(CMakePackageConfigHelpers)

install(TARGETS retain_shared retain_static EXPORT retain-targets
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT development
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(FILES ${RETAIN_HEADERS} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/retain COMPONENT development)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/retain")
install(EXPORT retain-targets NAMESPACE retain:: DESTINATION ${package} COMPONENT development)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/retain-config.cmake.in ${PROJECT_BINARY_DIR}/retain-config.cmake
                              INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/retain-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/retain-config.cmake ${PROJECT_BINARY_DIR}/retain-config-version.cmake
        DESTINATION ${package} COMPONENT development)

# The installed tree may be moved: the prefix is found from the place of the .pc file. Absolute CMAKE_INSTALL_*DIR (as Nix has them)
# must not get a prefix in front.
foreach(dir LIBDIR INCLUDEDIR)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${dir}}")
    set(RETAIN_PC_${dir} "${CMAKE_INSTALL_${dir}}")
  else()
    set(RETAIN_PC_${dir} "\${prefix}/${CMAKE_INSTALL_${dir}}")
  endif()
endforeach()
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(RETAIN_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
else()
  file(RELATIVE_PATH upwards "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  string(REGEX REPLACE "/$" "" upwards "${upwards}")
  set(RETAIN_PC_PREFIX "\${pcfiledir}/${upwards}")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/libretain.pc.in ${PROJECT_BINARY_DIR}/libretain.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/libretain.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
