// SPDX-License-Identifier: MIT
#include <weld/io/copy.hpp>

#include "../during.hpp"

#include <weld/native/copy.hpp>

namespace weld::io {

std::expected<std::uint64_t, Transfer> copy_file(const fs::File& from, const fs::File& to,
                                                 std::uint64_t most) noexcept {
    std::uint64_t copied = 0;
    if (const auto done = during("copy", native::copy(from.as_native(), to.as_native(), most, copied)); !done) {
        return std::unexpected(Transfer{static_cast<std::size_t>(copied), done.error()});
    }
    return copied;
}

}  // namespace weld::io
