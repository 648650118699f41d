// SPDX-License-Identifier: MIT
//
// os/unix: the descriptors of weld's objects, and the metadata that only Unix has.
//
// Free functions over the objects of the portable interface, so a portable program never sees them. The caller adds the
// subject to their errors: `os::chown(path, uid, gid).error().at(path)`.
#pragma once

#include <weld/fs.hpp>
#include <weld/native/repr.hpp>
#include <weld/sys/repr.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace weld::os {

/// The file descriptor of `object`, borrowed.
template <class T>
    requires requires(const T& object) { object.as_handle().raw(); }
[[nodiscard]] int fd(const T& object) noexcept {
    return object.as_handle().raw();
}

/// Deleted: a temporary would close the descriptor.
template <class T>
int fd(const T&& object) = delete;

/// Moves the file descriptor out of `object`. The caller must close it.
template <class T>
    requires(!std::is_reference_v<T>) && requires(T&& object) { std::forward<T>(object).into_handle().release(); }
[[nodiscard]] int into_fd(T&& object) noexcept {
    return std::forward<T>(object).into_handle().release();
}

/// The pthread_t of a thread, borrowed from its JoinHandle.
template <class T>
    requires requires(const T& handle) {
        { handle.as_handle() } -> std::same_as<native::ThreadHandle>;
    }
[[nodiscard]] std::uintptr_t pthread(const T& handle) noexcept {
    return std::to_underlying(handle.as_handle());
}

/// A device ID of two numbers, packed as makedev(3) does it.
[[nodiscard]] constexpr std::uint64_t make_device(std::uint64_t major, std::uint64_t minor) noexcept {
    return ((major & 0xfffff000U) << 32) | ((major & 0xfffU) << 8) | ((minor & 0xffffff00U) << 12) | (minor & 0xffU);
}

[[nodiscard]] inline std::uint64_t ino(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.ino;
}

/// The device ID of the file system that holds the file, packed as makedev(3) does it.
[[nodiscard]] inline std::uint64_t dev(const fs::Metadata& metadata) noexcept {
    const auto& statx = metadata.as_native().record().statx;
    return make_device(statx.dev_major, statx.dev_minor);
}

/// File type and permission bits.
[[nodiscard]] inline std::uint32_t mode(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.mode;
}

/// The number of hard links to the file.
[[nodiscard]] inline std::uint64_t nlink(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.nlink;
}

[[nodiscard]] inline std::uint32_t uid(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.uid;
}

[[nodiscard]] inline std::uint32_t gid(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.gid;
}

/// The device ID of a device file, packed as makedev(3) does it.
[[nodiscard]] inline std::uint64_t rdev(const fs::Metadata& metadata) noexcept {
    const auto& statx = metadata.as_native().record().statx;
    return make_device(statx.rdev_major, statx.rdev_minor);
}

/// The preferred size of reads and writes, in bytes.
[[nodiscard]] inline std::uint64_t blksize(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.blksize;
}

/// When the content or the metadata last changed (st_ctime). A time out of range of SystemTime is clamped.
[[nodiscard]] WELD_API time::SystemTime changed(const fs::Metadata& metadata) noexcept;

/// The storage that the file takes, in units of 512 bytes.
[[nodiscard]] inline std::uint64_t blocks(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.blocks;
}

/// The inode number that the directory gives, without a system call.
[[nodiscard]] inline std::uint64_t ino(const fs::DirEntry& entry) noexcept { return entry.as_native().file_id; }
[[nodiscard]] inline std::uint64_t ino(const fs::WalkEntry& entry) noexcept { return entry.as_native().file_id; }

/// Changes the owner and the group of `path`; follows symbolic links. An id that is nullopt stays unchanged. chown(2).
[[nodiscard]] WELD_API Result<void> chown(PathRef path, std::optional<std::uint32_t> uid,
                                          std::optional<std::uint32_t> gid) noexcept;

/// The same for a symbolic link itself, and for an open file. lchown(2), fchown(2).
[[nodiscard]] WELD_API Result<void> lchown(PathRef path, std::optional<std::uint32_t> uid,
                                           std::optional<std::uint32_t> gid) noexcept;
[[nodiscard]] WELD_API Result<void> fchown(const fs::File& file, std::optional<std::uint32_t> uid,
                                           std::optional<std::uint32_t> gid) noexcept;

/// Makes `path` the root directory of the process. The current directory stays, so change it first. chroot(2).
[[nodiscard]] WELD_API Result<void> chroot(PathRef path) noexcept;

}  // namespace weld::os
