# What both consumer projects build: the C11 and the C++17 program, with all warnings, and a test that runs each.
enable_testing()
foreach(language c cpp)
  add_executable(consumer_${language} ${CMAKE_CURRENT_LIST_DIR}/consumer.${language})
  target_link_libraries(consumer_${language} PRIVATE retain::retain)
  target_compile_options(consumer_${language} PRIVATE -Wall -Wextra -pedantic -Werror)
  set_target_properties(consumer_${language} PROPERTIES C_STANDARD 11 C_EXTENSIONS OFF CXX_STANDARD 17 CXX_EXTENSIONS OFF)
  add_test(NAME consumer_${language} COMMAND consumer_${language})
endforeach()
