// SPDX-License-Identifier: MIT
//
// current_record, set_current_record: which record is the calling thread's.
#pragma once

#include <weld/thread/record.hpp>

namespace weld::thread {

/// Null in a thread that has none yet, or whose closure has ended.
[[nodiscard]] const Record* current_record() noexcept;

/// `record` for the life of the closure, null after it. The caller keeps its reference.
void set_current_record(Record* record) noexcept;

}  // namespace weld::thread
