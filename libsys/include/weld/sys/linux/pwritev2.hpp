// SPDX-License-Identifier: MIT
//
// pwritev2(2): writev with flags.
#pragma once

#include <weld/sys/flags.hpp>
#include <weld/sys/io_slice.hpp>
#include <weld/sys/repr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::sys {

/// The RWF_ flags. The call fails with `Errno::Opnotsupp` on a kernel that does not know one of them.
enum class WriteFlags : std::uint32_t {
    None = 0,
    HighPriority = 0x1,
    DataSync = 0x2,
    Sync = 0x4,
    NoWait = 0x8,
    Append = 0x10,
    NoSignal = 0x100,  ///< no SIGPIPE (Linux 6.18)
};
template <>
inline constexpr bool is_flags<WriteFlags> = true;

/// pwritev2(2) at the file position, which it moves: writes `sources` one after another and returns how many bytes.
[[nodiscard]] WELD_API Result<std::size_t> pwritev2(BorrowedFd fd, std::span<const IoSlice> sources,
                                                    WriteFlags flags) noexcept;

}  // namespace weld::sys
