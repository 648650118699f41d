// SPDX-License-Identifier: MIT
#include <weld/native/copy.hpp>

#include "retry.hpp"

#include <weld/sys/linux/copy_file_range.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <optional>

namespace weld::native {

namespace {

constexpr std::size_t large_size = 64 * 1024;

/// Copies by read and write. The stack may have only 16 KiB, so the frame holds a small buffer, which is enough for
/// most files of /proc. A file that fills it is copied through a large buffer from the heap, if there is memory for it.
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
                return std::unexpected(sys::Errno::Io);  // no kernel does this; it would be an endless loop
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

/// Copies at most `most` bytes. When the kernel reports the end after `expected` bytes or more, that is the end. An
/// earlier end may be wrong (files of /proc that report the size zero, and some file systems), so a read checks it.
sys::Result<void> copy_from_here(const File& from, const File& to, std::uint64_t most, std::uint64_t expected,
                                 std::uint64_t& copied) noexcept {
    constexpr std::uint64_t at_once = std::uint64_t{1} << 30;  // so that a full disk is reported before the end
    copied = 0;
    while (copied < most) {
        const auto length = static_cast<std::size_t>(std::min(at_once, most - copied));
        const auto count = retry([&] { return sys::copy_file_range(from.as_handle(), to.as_handle(), length); });
        if (count.value_or(0) == 0) {
            // A refusal is not cached: for each pair of files it costs one call of many. Some file systems refuse with
            // an unrelated error (CIFS: EIO), also in the middle, when fewer bytes are left than requested.
            const bool is_end = count && copied != 0 && copied >= expected;
            return is_end ? sys::Result<void>() : copy_by_hand(from, to, most, copied);
        }
        copied += *count;
    }
    return {};
}

bool has_no_holes(sys::Errno error) noexcept {
    return error == sys::Errno::Inval || error == sys::Errno::Opnotsupp || error == sys::Errno::Nosys;
}

/// Copies at most `most` bytes from offset `begin` on, and sets `copied` to the offset after the last copied byte.
sys::Result<void> copy_from(std::uint64_t begin, const File& from, const File& to, std::uint64_t most,
                            std::uint64_t& copied) noexcept {
    (void)WELD_TRY(from.seek(SeekFrom::Start, static_cast<std::int64_t>(begin)));
    (void)WELD_TRY(to.seek(SeekFrom::Start, static_cast<std::int64_t>(begin)));
    std::uint64_t count = 0;
    const auto done = copy_from_here(from, to, most, most, count);
    copied = begin + count;
    return done;
}

/// Copies the data of a sparse file; the gaps between become holes.
sys::Result<void> copy_data(const File& from, const File& to, std::uint64_t& copied) noexcept {
    copied = 0;
    for (;;) {
        const auto data = from.seek_data(copied);
        if (!data.has_value() && has_no_holes(data.error())) {
            return copy_from(copied, from, to, UINT64_MAX, copied);
        }
        const std::optional<std::uint64_t> begin = WELD_TRY(data);
        if (!begin) {
            break;
        }
        const std::uint64_t end = WELD_TRY(from.seek_hole(*begin)).value_or(*begin);
        WELD_TRY(copy_from(*begin, from, to, end - *begin, copied));
        if (copied < end || end == *begin) {
            return {};  // the file was cut meanwhile, or reports a larger size than it has, as in sysfs
        }
    }
    const std::uint64_t length = WELD_TRY(from.seek(SeekFrom::End, 0));
    if (length > copied) {
        WELD_TRY(to.set_len(length));
        copied = length;
    }
    return {};
}

}  // namespace

sys::Result<void> copy(const File& from, const File& to, std::uint64_t most, std::uint64_t& copied) noexcept {
    return copy_from_here(from, to, most, UINT64_MAX, copied);
}

sys::Result<void> copy_whole(const File& from, const Metadata& what, const File& to, std::uint64_t& copied) noexcept {
    constexpr std::uint64_t unit = 512;  // of st_blocks, whatever the file system
    const bool is_sparse = what.record().statx.blocks < what.len() / unit;
    return is_sparse ? copy_data(from, to, copied) : copy_from_here(from, to, UINT64_MAX, what.len(), copied);
}

}  // namespace weld::native
