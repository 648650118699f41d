// SPDX-License-Identifier: MIT
//
// MetadataRecord, Permissions, FutexWord, ThreadHandle, ProcessHandle, ExitStatus: the types that libnative holds by
// value, on Windows.
#pragma once

#include <weld/native/file_type.hpp>
#include <weld/sys/api.hpp>
#include <weld/sys/cstr.hpp>
#include <weld/sys/repr.hpp>

#include <atomic>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace weld::native {

/// The word that WaitOnAddress sleeps on.
using FutexWord = std::atomic<std::uint32_t>;

using ThreadHandle = sys::RawHandle;

/// A child: its process id and its handle.
struct ProcessHandle {
    std::uint32_t id;
    sys::RawHandle process;
};

/// Of no process.
inline constexpr ProcessHandle no_process{.id = 0, .process = nullptr};

/// How a process ended: the code of GetExitCodeProcess.
class ExitStatus {
public:
    explicit constexpr ExitStatus(std::int32_t raw) noexcept : raw_(raw) {}

    /// Whether the code is zero.
    [[nodiscard]] constexpr bool success() const noexcept { return raw_ == 0; }

    [[nodiscard]] constexpr std::optional<std::int32_t> code() const noexcept { return raw_; }

    [[nodiscard]] constexpr std::int32_t raw() const noexcept { return raw_; }

    /// `exited with code 3`. Allocates: the result.
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

/// On Windows SO_REUSEADDR would let any process listen on a port that is in use.
inline constexpr bool listeners_reuse_addr = false;

/// The permissions of a file: its attributes.
class Permissions {
public:
    explicit constexpr Permissions(std::uint32_t attributes) noexcept : attributes_(attributes) {}

    [[nodiscard]] constexpr std::uint32_t attributes() const noexcept { return attributes_; }

    /// Whether nobody may write.
    [[nodiscard]] constexpr bool readonly() const noexcept { return (attributes_ & 1U) != 0; }

    constexpr void set_readonly(bool value) noexcept { attributes_ = value ? attributes_ | 1U : attributes_ & ~1U; }

    friend constexpr bool operator==(Permissions, Permissions) noexcept = default;

private:
    std::uint32_t attributes_;
};

/// The fields of FILE_STAT_INFORMATION that weld reads; times are in units of 100 ns since 1601-01-01 UTC.
struct MetadataRecord {
    // User-provided and empty, as on the other platforms.
    MetadataRecord() noexcept {}  // NOLINT(modernize-use-equals-default)

    std::uint64_t volume_number;
    std::uint64_t file_number;
    std::int64_t creation_time;
    std::int64_t last_access_time;
    std::int64_t last_write_time;
    std::uint64_t end_of_file;
    std::uint32_t attributes;
    std::uint32_t reparse_tag;

    [[nodiscard]] WELD_API sys::Result<void> fill(sys::BorrowedHandle at, sys::CStr path, Follow follow) noexcept;
    [[nodiscard]] WELD_API sys::Result<void> fill(sys::BorrowedHandle handle) noexcept;

    [[nodiscard]] FileType file_type() const noexcept {
        constexpr std::uint32_t reparse_point = 0x400;
        constexpr std::uint32_t directory = 0x10;
        if ((attributes & reparse_point) != 0) {
            return FileType::Symlink;
        }
        return (attributes & directory) != 0 ? FileType::Directory : FileType::File;
    }

    [[nodiscard]] Permissions permissions() const noexcept { return Permissions(attributes); }
    [[nodiscard]] std::uint64_t device_id() const noexcept { return volume_number; }
    [[nodiscard]] std::uint64_t file_id() const noexcept { return file_number; }
    [[nodiscard]] std::uint64_t len() const noexcept { return end_of_file; }
    [[nodiscard]] Timestamp accessed() const noexcept { return timestamp(last_access_time); }
    [[nodiscard]] Timestamp modified() const noexcept { return timestamp(last_write_time); }
    [[nodiscard]] std::optional<Timestamp> created() const noexcept { return timestamp(creation_time); }

private:
    static Timestamp timestamp(std::int64_t time) noexcept {
        constexpr std::int64_t per_second = 10'000'000;
        constexpr std::int64_t from_1601_to_1970 = 11'644'473'600;
        std::int64_t seconds = time / per_second;
        std::int64_t rest = time % per_second;
        if (rest < 0) {
            rest += per_second;
            --seconds;
        }
        return {seconds - from_1601_to_1970, static_cast<std::uint32_t>(rest * 100)};
    }
};

}  // namespace weld::native
