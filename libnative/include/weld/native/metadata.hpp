// SPDX-License-Identifier: MIT
//
// Metadata: type, size and times of what a name or a handle stands for.
//
// The record is the platform's own, filled in place by one system call and read by inline accessors.
// Filling is inline too, since the flags are constants where it is called and a stat is all system call.
#pragma once

#include <weld/native/repr.hpp>
#include <weld/sys/cstr.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>
#include <optional>

namespace weld::native {

/// What tells a file apart from all others of the machine, while it is there: the device and the inode number, on Unix.
struct FileIdentity {
    std::uint64_t device;
    std::uint64_t file;

    friend constexpr bool operator==(const FileIdentity&, const FileIdentity&) noexcept = default;
};

class Metadata {
public:
    // User-provided, so that value-initialising does not clear what the system is about to fill.
    Metadata() noexcept {}  // NOLINT(modernize-use-equals-default)

    [[nodiscard]] FileType file_type() const noexcept { return record_.file_type(); }

    /// Bytes in the file; for a symbolic link the length of its target.
    [[nodiscard]] std::uint64_t len() const noexcept { return record_.len(); }

    [[nodiscard]] Timestamp accessed() const noexcept { return record_.accessed(); }
    [[nodiscard]] Timestamp modified() const noexcept { return record_.modified(); }

    [[nodiscard]] Permissions permissions() const noexcept { return record_.permissions(); }

    /// What tells the file apart from all others of its file system: the inode number, on Unix.
    [[nodiscard]] std::uint64_t file_id() const noexcept { return record_.file_id(); }

    [[nodiscard]] FileIdentity identity() const noexcept { return {record_.device_id(), record_.file_id()}; }

    /// The birth time, where the platform and the file system keep one.
    [[nodiscard]] std::optional<Timestamp> created() const noexcept { return record_.created(); }

    /// The platform's record, for what only it knows.
    [[nodiscard]] const MetadataRecord& record() const noexcept { return record_; }
    [[nodiscard]] MetadataRecord& record() noexcept { return record_; }

private:
    MetadataRecord record_;
};

/// Fills `target` with what `path`, taken from directory `at`, stands for.
[[nodiscard]] inline sys::Result<void> metadata(sys::BorrowedHandle at, sys::CStr path, Follow follow,
                                                Metadata& target) noexcept {
    return target.record().fill(at, path, follow);
}

/// Fills `target` with what `handle` is open on.
[[nodiscard]] inline sys::Result<void> metadata(sys::BorrowedHandle handle, Metadata& target) noexcept {
    return target.record().fill(handle);
}

}  // namespace weld::native
