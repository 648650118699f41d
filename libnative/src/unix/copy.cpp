// SPDX-License-Identifier: MIT
#include <weld/native/copy.hpp>

#include "retry.hpp"

#include <weld/sys/linux/copy_file_range.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

namespace weld::native {

namespace {

/// Whether the kernel says no to this pair of files, or to all; nothing was copied then, and reading and writing will
/// do. Told anew for each pair: a refusal costs one call of many.
bool is_refusal(sys::Errno error) noexcept {
    switch (error) {
        case sys::Errno::Nosys:
        case sys::Errno::Perm:       // by a filter of system calls, or an immutable target, which write tells again
        case sys::Errno::Xdev:       // before Linux 5.3, or of two kinds of file system
        case sys::Errno::Inval:      // of a file that is none, or overlaps
        case sys::Errno::Opnotsupp:  // by the file system
        case sys::Errno::Badf:       // a target that appends
        case sys::Errno::Overflow:   // a position that is too high
        case sys::Errno::Isdir:      // reading tells so too
        case sys::Errno::Txtbsy: return true;
        default: return false;
    }
}

constexpr std::size_t large_size = 64 * 1024;

/// Copies by read and write. The stack may be one of 16 KiB, so the frame has only a small buffer, which does for most
/// of /proc. A file that fills it is copied through a large one from the heap, if there is memory for that.
sys::Result<void> copy_by_hand(const File& from, const File& to, std::uint64_t most, std::uint64_t& copied) noexcept {
    std::array<std::byte, 4096> small;
    std::unique_ptr<std::byte[]> large;
    std::span<std::byte> buffer(small);
    while (copied < most) {
        const auto room = buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), most - copied)));
        std::span<const std::byte> rest = room.first(WELD_TRY(from.read(room)));
        const bool is_more = large == nullptr && rest.size() == buffer.size();
        if (rest.empty()) {
            break;
        }
        while (!rest.empty()) {
            const std::size_t count = WELD_TRY(to.write(rest));
            if (count == 0) {
                return std::unexpected(sys::Errno::Io);  // no kernel does; it would be an endless loop
            }
            rest = rest.subspan(count);
            copied += count;
        }
        if (is_more) {
            large.reset(new (std::nothrow) std::byte[large_size]);
            if (large != nullptr) {
                buffer = {large.get(), large_size};
            }
        }
    }
    return {};
}

}  // namespace

sys::Result<void> copy(const File& from, const File& to, std::uint64_t most, std::uint64_t& copied) noexcept {
    constexpr std::uint64_t at_once = std::uint64_t{1} << 30;  // so that a full disk is noticed in between
    copied = 0;
    while (copied < most) {
        const auto length = static_cast<std::size_t>(std::min(at_once, most - copied));
        const auto count = retry([&] { return sys::copy_file_range(from.as_handle(), to.as_handle(), length); });
        if (!count && !(is_refusal(count.error()) && copied == 0)) {
            return std::unexpected(count.error());
        }
        // Files that say they are empty, as those of /proc, are copied as such.
        if (copied == 0 && count.value_or(0) == 0) {
            return copy_by_hand(from, to, most, copied);
        }
        if (*count == 0) {
            break;
        }
        copied += *count;
    }
    return {};
}

}  // namespace weld::native
