// SPDX-License-Identifier: MIT
//
// record_of_thread, find_or_make_record: the record of the calling thread.
#pragma once

#include <weld/thread/record.hpp>

namespace weld::thread {

/// Null in a thread that has no record yet, or whose closure has ended. The code that sets it keeps the reference.
/// Trivial, so no destructor is registered for it, and a program reads it without a call.
extern constinit thread_local Record* record_of_thread;

/// Returns the calling thread's record; makes it if there is none. Null in the destructor of a thread-local that
/// outlives the record.
[[nodiscard]] Record* find_or_make_record();

}  // namespace weld::thread
