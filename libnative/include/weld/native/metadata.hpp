// SPDX-License-Identifier: MIT
//
// Metadata: type, size and times of the file behind a path or a handle.
//
// The record is the platform's own, filled in place by one system call and read by inline accessors.
// Filling is inline too: its flags are constants at each call site, and the system call is all the cost of a stat.
#pragma once

#include <weld/native/repr.hpp>
#include <weld/sys/cstr.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>
#include <optional>

namespace weld::native {

/// Identifies a file among all files of the machine, as long as it exists: on Unix the device and the inode number.
struct FileIdentity {
    std::uint64_t device;
    std::uint64_t file;

    friend constexpr bool operator==(const FileIdentity&, const FileIdentity&) noexcept = default;
};

class Metadata {
public:
    // User-provided, so that value-initialisation does not clear the bytes that the system is about to fill.
    Metadata() noexcept {}  // NOLINT(modernize-use-equals-default)

    [[nodiscard]] FileType file_type() const noexcept { return record_.file_type(); }

    /// The size of the file in bytes; for a symbolic link the length of its target.
    [[nodiscard]] std::uint64_t len() const noexcept { return record_.len(); }

    [[nodiscard]] Timestamp accessed() const noexcept { return record_.accessed(); }
    [[nodiscard]] Timestamp modified() const noexcept { return record_.modified(); }

    [[nodiscard]] Permissions permissions() const noexcept { return record_.permissions(); }

    /// Identifies the file within its file system: on Unix the inode number.
    [[nodiscard]] std::uint64_t file_id() const noexcept { return record_.file_id(); }

    [[nodiscard]] FileIdentity identity() const noexcept { return {record_.device_id(), record_.file_id()}; }

    /// The birth time, where the platform and the file system record one.
    [[nodiscard]] std::optional<Timestamp> created() const noexcept { return record_.created(); }

    /// The platform's record, for fields that only this platform has.
    [[nodiscard]] const MetadataRecord& record() const noexcept { return record_; }
    [[nodiscard]] MetadataRecord& record() noexcept { return record_; }

private:
    MetadataRecord record_;
};

/// Fills `target` with the metadata of the file that `path`, relative to directory `at`, names.
[[nodiscard]] inline sys::Result<void> metadata(sys::BorrowedHandle at, sys::CStr path, Follow follow,
                                                Metadata& target) noexcept {
    return target.record().fill(at, path, follow);
}

/// Fills `target` with the metadata of the file that `handle` is open on.
[[nodiscard]] inline sys::Result<void> metadata(sys::BorrowedHandle handle, Metadata& target) noexcept {
    return target.record().fill(handle);
}

}  // namespace weld::native
