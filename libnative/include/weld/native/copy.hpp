// SPDX-License-Identifier: MIT
//
// copy: copies bytes from an open file to another, inside the kernel where it can.
#pragma once

#include <weld/native/file.hpp>

#include <cstdint>

namespace weld::native {

/// Copies the bytes of `from` from its position to its end, at most `most`, to the position of `to`, and moves both
/// positions. Sets `copied` to the number of bytes, also when it fails. Both must be files and not pipes or sockets:
/// bytes that the kernel copies may be shared with `from` until either changes. Where the kernel refuses to copy, for
/// any reason, it reads and writes, which reports the reason if it is a real failure.
/// Allocates: 64 KiB while it copies more than 4 KiB that the kernel does not copy. Without memory it continues with
/// its small buffer.
[[nodiscard]] WELD_API sys::Result<void> copy(const File& from, const File& to, std::uint64_t most,
                                              std::uint64_t& copied) noexcept;

/// Copies the whole file `from`, whose metadata is `what`, to the empty file `to`. Holes stay holes where the file
/// systems support sparse files. Sets `copied` to the length of `to`, also when it fails. Both positions move.
[[nodiscard]] WELD_API sys::Result<void> copy_whole(const File& from, const Metadata& what, const File& to,
                                                    std::uint64_t& copied) noexcept;

}  // namespace weld::native
