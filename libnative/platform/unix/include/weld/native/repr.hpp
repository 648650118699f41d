// SPDX-License-Identifier: MIT
//
// MetadataRecord, Permissions, FutexWord, ThreadHandle, ProcessHandle, ExitStatus: the types that libnative holds by
// value, on Unix.
#pragma once

#include <weld/native/file_type.hpp>
#include <weld/sys/api.hpp>
#include <weld/sys/linux/statx.hpp>
#include <weld/sys/posix/thread.hpp>
#include <weld/sys/repr.hpp>

#include <atomic>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace weld::native {

/// A futex: four bytes of memory on which a thread can sleep in the kernel.
using FutexWord = std::atomic<std::uint32_t>;

using ThreadHandle = sys::PthreadId;

/// A child: its process id and its pidfd; -1 where the kernel has no pidfds.
struct ProcessHandle {
    std::int32_t id;
    sys::RawHandle pidfd;
};

/// Of no process.
inline constexpr ProcessHandle no_process{.id = 0, .pidfd = -1};

/// How a process ended: the status of waitpid(2).
class ExitStatus {
public:
    explicit constexpr ExitStatus(std::int32_t raw) noexcept : raw_(raw) {}

    /// Whether it exited with the code zero; false when a signal ended it.
    [[nodiscard]] constexpr bool success() const noexcept { return raw_ == 0; }

    /// The exit code, 0 to 255; nothing when a signal ended it.
    [[nodiscard]] constexpr std::optional<std::int32_t> code() const noexcept {
        return (raw_ & 0x7f) == 0 ? std::optional((raw_ >> 8) & 0xff) : std::nullopt;
    }

    [[nodiscard]] constexpr std::int32_t raw() const noexcept { return raw_; }

    /// `exited with code 3`, `killed by signal 9 (SIGKILL)`, `killed by signal 11 (SIGSEGV), core dumped`. Allocates:
    /// the result.
    [[nodiscard]] WELD_API std::string message() const;

    /// Prints `message()`.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream, ExitStatus status) {
        return stream << status.message();
    }

    friend constexpr bool operator==(ExitStatus, ExitStatus) noexcept = default;

private:
    std::int32_t raw_;
};

/// On Unix SO_REUSEADDR lets a listener take a port whose last connections are still in TIME_WAIT, as it should.
inline constexpr bool listeners_reuse_addr = true;

/// The permissions of a file: the lower twelve bits of its mode.
class Permissions {
public:
    explicit constexpr Permissions(std::uint32_t mode) noexcept : mode_(mode & 07777U) {}

    [[nodiscard]] constexpr std::uint32_t mode() const noexcept { return mode_; }

    /// Whether the mode lets nobody write; root may write all the same.
    [[nodiscard]] constexpr bool readonly() const noexcept { return (mode_ & 0222U) == 0; }

    /// True: nobody may write. False: the owner may write. (Not everybody: the mode of a read-only file does not tell
    /// who could write to it before.)
    constexpr void set_readonly(bool value) noexcept { mode_ = value ? mode_ & ~0222U : mode_ | 0200U; }

    friend constexpr bool operator==(Permissions, Permissions) noexcept = default;

private:
    std::uint32_t mode_;
};

/// The record that statx(2) fills in place: no layer copies it.
struct MetadataRecord {
    // User-provided and empty, so that value-initialisation does not clear 256 bytes before the kernel writes them.
    MetadataRecord() noexcept {}  // NOLINT(modernize-use-equals-default)

    sys::Statx statx;

    /// statx(2) of `path`, relative to directory `at`; fstatat(2) where statx is refused.
    [[nodiscard]] sys::Result<void> fill(sys::BorrowedHandle at, sys::CStr path, Follow follow) noexcept {
        // Without NoAutomount statx, unlike stat, would trigger an automount.
        const auto link = follow == Follow::Yes ? sys::AtFlags::None : sys::AtFlags::SymlinkNoFollow;
        return fill(at, path, sys::AtFlags::NoAutomount | link);
    }

    /// statx(2) of `handle` itself; fstatat(2) where statx is refused.
    [[nodiscard]] sys::Result<void> fill(sys::BorrowedHandle handle) noexcept {
        return fill(handle, sys::CStr(""), sys::AtFlags::EmptyPath);
    }

    [[nodiscard]] FileType file_type() const noexcept {
        constexpr FileType by_format[16] = {
            FileType::Unknown,   FileType::Fifo,    FileType::CharDevice,  FileType::Unknown,
            FileType::Directory, FileType::Unknown, FileType::BlockDevice, FileType::Unknown,
            FileType::File,      FileType::Unknown, FileType::Symlink,     FileType::Unknown,
            FileType::Socket,    FileType::Unknown, FileType::Unknown,     FileType::Unknown,
        };
        return by_format[statx.mode >> 12];  // S_IFMT is the upper four of sixteen bits
    }

    [[nodiscard]] Permissions permissions() const noexcept { return Permissions(statx.mode); }
    [[nodiscard]] std::uint64_t device_id() const noexcept {
        return (std::uint64_t{statx.dev_major} << 32) | statx.dev_minor;
    }
    [[nodiscard]] std::uint64_t file_id() const noexcept { return statx.ino; }
    [[nodiscard]] std::uint64_t len() const noexcept { return statx.size; }
    [[nodiscard]] Timestamp accessed() const noexcept { return timestamp(statx.atime); }
    [[nodiscard]] Timestamp modified() const noexcept { return timestamp(statx.mtime); }

    [[nodiscard]] std::optional<Timestamp> created() const noexcept {
        if (!has(statx.mask, sys::StatxMask::BirthTime)) {
            return std::nullopt;
        }
        return timestamp(statx.btime);
    }

private:
    [[nodiscard]] sys::Result<void> fill(sys::BorrowedHandle at, sys::CStr path, sys::AtFlags flags) noexcept {
        constexpr sys::StatxMask everything = sys::StatxMask::BasicStats | sys::StatxMask::BirthTime;
        const auto done = sys::statx(at, path, flags, everything, statx);
        if (!done) [[unlikely]] {
            return fill_without_statx(done.error(), at, path, flags);
        }
        return done;
    }

    [[nodiscard, gnu::cold]] WELD_API sys::Result<void> fill_without_statx(sys::Errno error, sys::BorrowedHandle at,
                                                                           sys::CStr path, sys::AtFlags flags) noexcept;

    static Timestamp timestamp(const sys::StatxTimestamp& time) noexcept { return {time.seconds, time.nanoseconds}; }
};

}  // namespace weld::native
