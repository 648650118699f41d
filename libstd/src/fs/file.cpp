// SPDX-License-Identifier: MIT
#include <weld/fs/file.hpp>

#include "file_times.hpp"
#include "look_up.hpp"
#include "open_options.hpp"

#include <weld/sys/try.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace weld::fs {

namespace {

/// Calls `try_locking()` until it succeeds or the deadline has passed.
template <class Try>
Answer<bool> wait_for_lock(time::Instant deadline, Try try_locking) noexcept {
    using namespace std::chrono_literals;
    constexpr std::chrono::nanoseconds longest_pause = 50ms;
    for (std::chrono::nanoseconds pause = 1ms;; pause = std::min(2 * pause, longest_pause)) {
        const Answer<bool> locked = during("lock_until", try_locking());
        const time::Instant now(native::now(native::Clock::Monotonic));
        if (!locked.has_value() || *locked || now >= deadline) {
            return locked;
        }
        native::sleep_until(std::min(time::saturating_add(now, pause), deadline));
    }
}

}  // namespace

Result<File> File::open(PathRef path) noexcept { return open(path, {.read = true}); }

Result<File> File::open(PathRef path, const OpenOptions& options) noexcept {
    auto opened = during("open", path, [&](sys::CStr c_path) { return native::File::open(sys::cwd, c_path, options); });
    return File(WELD_TRY(explained(std::move(opened), options)));
}

Result<File> File::create(PathRef path) noexcept {
    return open(path, {.write = true, .truncate = true, .create = true});
}

Result<File> File::create_new(PathRef path) noexcept {
    return open(path, {.read = true, .write = true, .create_new = true});
}

Result<std::uint64_t> File::seek(SeekFrom from, std::int64_t offset) const noexcept {
    return during("seek", native_.seek(from, offset));
}

Answer<std::optional<std::uint64_t>> File::seek_data(std::uint64_t offset) const noexcept {
    return during("seek_data", native_.seek_data(offset));
}

Answer<std::optional<std::uint64_t>> File::seek_hole(std::uint64_t offset) const noexcept {
    return during("seek_hole", native_.seek_hole(offset));
}

Result<Metadata> File::metadata() const noexcept {
    return look_up([&](native::Metadata& target) { return native::metadata(as_handle(), target); });
}

Result<void> File::set_len(std::uint64_t length) const noexcept { return during("set_len", native_.set_len(length)); }

Result<void> File::sync_all() const noexcept { return during("sync_all", native_.sync_all()); }

Result<void> File::sync_data() const noexcept { return during("sync_data", native_.sync_data()); }

Result<void> File::set_permissions(Permissions permissions) const noexcept {
    return during("set_permissions", native_.set_permissions(permissions));
}

Result<void> File::set_times(const FileTimes& times) const noexcept {
    return during("set_times", native_.set_times(to_native(times)));
}

Result<void> File::set_modified(time::SystemTime modified) const noexcept {
    return during("set_modified", native_.set_times(to_native({.accessed = {}, .modified = modified})));
}

Result<void> File::allocate(std::uint64_t offset, std::uint64_t length) const noexcept {
    return during("allocate", native_.allocate(offset, length));
}

Result<void> File::lock() const noexcept { return during("lock", native_.lock()); }

Result<void> File::lock_shared() const noexcept { return during("lock_shared", native_.lock_shared()); }

Answer<bool> File::try_lock() const noexcept { return during("try_lock", native_.try_lock()); }

Answer<bool> File::try_lock_shared() const noexcept { return during("try_lock_shared", native_.try_lock_shared()); }

Answer<bool> File::lock_until(time::Instant deadline) const noexcept {
    return wait_for_lock(deadline, [&] { return native_.try_lock(); });
}

Answer<bool> File::lock_shared_until(time::Instant deadline) const noexcept {
    return wait_for_lock(deadline, [&] { return native_.try_lock_shared(); });
}

Result<void> File::unlock() const noexcept { return during("unlock", native_.unlock()); }

Result<File> File::try_clone() const noexcept { return File(WELD_TRY(during("try_clone", native_.try_clone()))); }

Result<void> File::close() && noexcept { return during("close", std::move(native_).close()); }

}  // namespace weld::fs
