// SPDX-License-Identifier: MIT
//
// current_record, set_current_record: which record is the calling thread's.
#pragma once

#include <weld/thread/record.hpp>

namespace weld::thread {

/// Null in a thread that has none yet, or whose closure has ended.
[[nodiscard]] const Record* current_record() noexcept;

/// The calling thread's record, made if it had none; null in the destructor of a thread-local that outlives the record.
[[nodiscard]] Record* find_or_make_record();

/// `record` for the life of the closure, null after it. The caller keeps its reference.
void set_current_record(Record* record) noexcept;

}  // namespace weld::thread
