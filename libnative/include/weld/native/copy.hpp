// SPDX-License-Identifier: MIT
//
// copy: bytes from an open file to another, by the kernel where it can.
#pragma once

#include <weld/native/file.hpp>

#include <cstdint>

namespace weld::native {

/// Copies what `from` holds from its position to its end, at most `most` bytes, to the position of `to`, moves both,
/// and sets `copied` to how many bytes, also when it fails. Both are files, in the wide sense: what is copied inside
/// the kernel may be shared with `from` until either changes, so a pipe or a socket is not for this. What the kernel
/// refuses to copy, for any reason, is read and written, which tells the reason if it is one.
/// Allocates: 64 KiB while it copies more than 4 KiB that the kernel does not copy. Where there is no memory, it goes
/// on without.
[[nodiscard]] WELD_API sys::Result<void> copy(const File& from, const File& to, std::uint64_t most,
                                              std::uint64_t& copied) noexcept;

/// Makes the empty file `to` hold what the file `from` holds, whose metadata are `what`: holes stay holes where the
/// file systems know them. `copied` is the length of what `to` holds, also when this fails. Both positions move.
[[nodiscard]] WELD_API sys::Result<void> copy_whole(const File& from, const Metadata& what, const File& to,
                                                    std::uint64_t& copied) noexcept;

}  // namespace weld::native
