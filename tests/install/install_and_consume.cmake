# Installs the library of BUILD into a new prefix, then configures, builds and runs CONSUMER against it.
string(REPLACE ";" " " FLAGS "${FLAGS}")
file(REMOVE_RECURSE ${SCRATCH})

foreach(step IN ITEMS
        "--install;${BUILD};--component;library;--prefix;${SCRATCH}/prefix"
        "-S;${CONSUMER};-B;${SCRATCH}/build;-G;Ninja;-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix;-DCMAKE_CXX_COMPILER=${COMPILER};-DCMAKE_CXX_FLAGS=${FLAGS}"
        "--build;${SCRATCH}/build")
  execute_process(COMMAND ${CMAKE_COMMAND} ${step} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
execute_process(COMMAND ${SCRATCH}/build/consumer COMMAND_ERROR_IS_FATAL ANY)
