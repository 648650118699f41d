// SPDX-License-Identifier: MIT
//
// record_of_thread, find_or_make_record: which record is the calling thread's.
#pragma once

#include <weld/thread/record.hpp>

namespace weld::thread {

/// Null in a thread that has none yet, or whose closure has ended. Whoever sets it keeps the reference. Trivial, so
/// nothing is registered for it, and a program reads it without a call.
extern constinit thread_local Record* record_of_thread;

/// The calling thread's record, made if it had none; null in the destructor of a thread-local that outlives the record.
[[nodiscard]] Record* find_or_make_record();

}  // namespace weld::thread
