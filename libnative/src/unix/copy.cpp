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

/// Copies at most `most` bytes, all where the kernel says that there are no more but `expected` were. The end that it
/// sees before may be none: of files that say they are empty, as those of /proc, and on file systems that forget it.
sys::Result<void> copy_from_here(const File& from, const File& to, std::uint64_t most, std::uint64_t expected,
                                 std::uint64_t& copied) noexcept {
    constexpr std::uint64_t at_once = std::uint64_t{1} << 30;  // so that a full disk is noticed in between
    copied = 0;
    while (copied < most) {
        const auto length = static_cast<std::size_t>(std::min(at_once, most - copied));
        const auto count = retry([&] { return sys::copy_file_range(from.as_handle(), to.as_handle(), length); });
        if (count.value_or(0) == 0) {
            // Told anew for each pair of files: a refusal costs one call of many. Some file systems refuse with an
            // error that is none of theirs (CIFS: EIO), also in the middle, where more is asked for than is left.
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

/// Copies from byte `begin` on, at most `most`, and moves `copied`, which is the end of what was copied.
sys::Result<void> copy_from(std::uint64_t begin, const File& from, const File& to, std::uint64_t most,
                            std::uint64_t& copied) noexcept {
    (void)WELD_TRY(from.seek(SeekFrom::Start, static_cast<std::int64_t>(begin)));
    (void)WELD_TRY(to.seek(SeekFrom::Start, static_cast<std::int64_t>(begin)));
    std::uint64_t count = 0;
    const auto done = copy_from_here(from, to, most, most, count);
    copied = begin + count;
    return done;
}

/// Copies what is data; what is between is a hole then.
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
            return {};  // it was cut meanwhile, or says that it is longer than it is, as those of sysfs
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
