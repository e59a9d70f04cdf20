# Warnings that the sources keep at zero, and the floating-point contract of the model code.

function(retain_warnings target)
  if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow -Wdouble-promotion -Wstrict-prototypes
                           -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wundef)
    if(RETAIN_WERROR)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
  endif()
endfunction()

# The same bits from every compiler and at every optimisation level: no fused multiply-add behind our back, no reassociation.
# -fno-math-errno and -fno-trapping-math change no result; they let the compiler use instructions instead of calls.
function(retain_model_flags target)
  if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE -ffp-contract=off -fno-math-errno -fno-trapping-math)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "86" AND CMAKE_SIZEOF_VOID_P EQUAL 4) # 32-bit x86 rounds to double only in SSE registers
      target_compile_options(${target} PRIVATE -msse2 -mfpmath=sse)
    endif()
  endif()
endfunction()
