// SPDX-License-Identifier: MIT
#include <weld/io/buf_writer.hpp>

namespace weld::io {

void flush_at_end(void* writer, Result<void> (*flush)(void*)) noexcept {
    try {
        (void)flush(writer);
    } catch (...) {  // NOLINT(bugprone-empty-catch): a destructor has nobody to tell
    }
}

}  // namespace weld::io
