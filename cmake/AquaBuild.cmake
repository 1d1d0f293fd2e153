# One static library per folder of src/, its unit tests beside the code.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_COLOR_DIAGNOSTICS ON) # Ninja takes the colours out where there is no terminal.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                    -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Lets ccache keep what is compiled with a precompiled header.
  add_compile_options(-fpch-preprocess)
  # g++ 12 sees ghosts in optimised std::variant and std::string; clang and the sanitizers look there.
  add_compile_options(-Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-restrict)
else()
  # clang finds uses of deprecated names inside libstdc++ 12 itself (std::stable_sort).
  add_compile_options(-Wno-deprecated-declarations)
endif()

if(AQUA_SANITIZE)
  add_compile_options(-fsanitize=${AQUA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${AQUA_SANITIZE})
endif()

if(AQUA_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(AQUA_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

# Every work tree shares one compiler cache: paths reach the compiler relative to the build folder
# (base_dir), and debug information names files from the root of the work tree.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -fmacro-prefix-map=../../=)
find_program(AQUA_CCACHE ccache)
if(AQUA_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_ABSSTDERR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${AQUA_CCACHE})
endif()
find_program(AQUA_MOLD mold)
if(AQUA_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# aqua_room(NAME [LINKS rooms and libraries...]): every .cpp of this folder that
# is not a test becomes aqua_NAME; every *_test.cpp becomes part of NAME_test.
function(aqua_room name)
  cmake_parse_arguments(ROOM "" "" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  add_library(aqua_${name} STATIC ${sources})
  target_include_directories(aqua_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
  target_link_libraries(aqua_${name} PUBLIC ${ROOM_LINKS})
  aqua_precompile(aqua_${name})

  if(AQUA_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE aqua_${name} rapidcheck GTest::gtest GTest::gtest_main)
    aqua_precompile(${name}_test)
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  endif()
endfunction()

# The standard library headers that nearly every file wants, compiled once.
function(aqua_precompile target)
  if(TARGET aqua_base AND NOT target STREQUAL "aqua_base")
    target_precompile_headers(${target} REUSE_FROM aqua_base)
  else()
    target_precompile_headers(${target} PRIVATE <base/precompiled.h>)
  endif()
endfunction()
