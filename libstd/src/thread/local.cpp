// SPDX-License-Identifier: MIT
#include <weld/thread/local.hpp>

#include <weld/print.hpp>

#include <cxxabi.h>
#include <exception>

namespace weld::thread {

// The function that the compiler itself calls for a thread_local. Its last argument names the library that must stay
// loaded until then. Any address in that library does; `end` is the code that has to be there.
void at_thread_end(void (*end)(void* object), void* object) noexcept {
    (void)abi::__cxa_thread_atexit(end, object, reinterpret_cast<void*>(end));
}

void die_of_local() noexcept {
    (void)eprint("weld: a thread::Local is asked for while it is made or destroyed, or after its thread's end\n");
    std::terminate();
}

}  // namespace weld::thread
