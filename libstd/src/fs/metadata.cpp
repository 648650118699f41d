// SPDX-License-Identifier: MIT
#include <weld/fs/metadata.hpp>

#include "file_times.hpp"
#include "look_up.hpp"

#include <weld/sys/try.hpp>

#include <cstdint>

namespace weld::fs {

namespace {

std::optional<native::Timestamp> to_timestamp(const std::optional<time::SystemTime>& time) noexcept {
    if (!time) {
        return std::nullopt;
    }
    constexpr std::int64_t per_second = 1'000'000'000;
    const std::int64_t count = time->time_since_epoch().count();
    const std::int64_t rest = count % per_second;  // chrono's floor overflows near the earliest time
    return native::Timestamp{count / per_second - (rest < 0 ? 1 : 0),
                             static_cast<std::uint32_t>(rest < 0 ? rest + per_second : rest)};
}

[[gnu::cold, gnu::noinline]] Result<Metadata> look_up_copy(std::string_view path, native::Follow follow) noexcept {
    return look_up([&](native::Metadata& target) {
        return with_copy(path, [&](sys::CStr c_path) { return native::metadata(sys::cwd, c_path, follow, target); });
    });
}

// The rare paths are out of line, so that a stat is some forty instructions and a system call.
[[gnu::always_inline]] inline Result<Metadata> look_up_path(PathRef path, native::Follow follow) noexcept {
    if (!is_cstr(path)) [[unlikely]] {
        return look_up_copy(path.view(), follow);
    }
    return look_up([path, follow](native::Metadata& target) {
        return native::metadata(sys::cwd, sys::CStr(path.data()), follow, target);
    });
}

}  // namespace

time::SystemTime to_system_time(native::Timestamp stamp) noexcept {
    constexpr std::int64_t per_second = 1'000'000'000;
    // Rounded towards zero, so that neither the product nor the sum overflows where the time fits.
    const bool before_epoch = stamp.seconds < 0;
    const std::int64_t seconds = stamp.seconds + (before_epoch ? 1 : 0);
    const std::int64_t rest = std::int64_t{stamp.nanoseconds} - (before_epoch ? per_second : 0);
    std::int64_t count = 0;
    if (__builtin_mul_overflow(seconds, per_second, &count) || __builtin_add_overflow(count, rest, &count)) {
        return before_epoch ? time::SystemTime::min() : time::SystemTime::max();
    }
    return time::SystemTime(time::Duration(count));
}

native::FileTimes to_native(const FileTimes& times) noexcept {
    return {.accessed = to_timestamp(times.accessed), .modified = to_timestamp(times.modified)};
}

time::SystemTime Metadata::modified() const noexcept { return to_system_time(native_.modified()); }

time::SystemTime Metadata::accessed() const noexcept { return to_system_time(native_.accessed()); }

Result<time::SystemTime> Metadata::created() const noexcept {
    const auto stamp = native_.created();
    if (!stamp) {
        return std::unexpected(Error("created", Fault::Unsupported));
    }
    return to_system_time(*stamp);
}

Result<Metadata> metadata(PathRef path) noexcept { return look_up_path(path, native::Follow::Yes); }

Result<Metadata> symlink_metadata(PathRef path) noexcept { return look_up_path(path, native::Follow::No); }

Answer<bool> same_file(PathRef left, PathRef right) noexcept {
    const Metadata one = WELD_TRY(metadata(left));
    const Metadata other = WELD_TRY(metadata(right));
    return one.is_same_file(other);
}

}  // namespace weld::fs
