// SPDX-License-Identifier: MIT
//
// os/unix: what weld's objects are on Unix, and the metadata that only Unix has.
//
// Free functions over the objects of the portable interface, so a program that stays portable never
// sees them.
#pragma once

#include <weld/fs.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace weld::os {

/// The descriptor under `object`, which keeps it.
template <class T>
    requires requires(const T& object) { object.as_handle().raw(); }
[[nodiscard]] int fd(const T& object) noexcept {
    return object.as_handle().raw();
}

/// Not of a temporary, which takes the descriptor with it.
template <class T>
int fd(const T&& object) = delete;

/// The descriptor of `object`, which gives it away: whoever calls must close it.
template <class T>
    requires(!std::is_reference_v<T>) && requires(T&& object) { std::forward<T>(object).into_handle().release(); }
[[nodiscard]] int into_fd(T&& object) noexcept {
    return std::forward<T>(object).into_handle().release();
}

[[nodiscard]] inline std::uint64_t ino(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.ino;
}

/// The device, as makedev(3) packs it.
[[nodiscard]] inline std::uint64_t dev(const fs::Metadata& metadata) noexcept {
    const auto& statx = metadata.as_native().record().statx;
    const std::uint64_t major = statx.dev_major;
    const std::uint64_t minor = statx.dev_minor;
    return ((major & 0xfffff000U) << 32) | ((major & 0xfffU) << 8) | ((minor & 0xffffff00U) << 12) | (minor & 0xffU);
}

/// File type and permission bits.
[[nodiscard]] inline std::uint32_t mode(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.mode;
}

/// Names that the file has.
[[nodiscard]] inline std::uint64_t nlink(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.nlink;
}

[[nodiscard]] inline std::uint32_t uid(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.uid;
}

[[nodiscard]] inline std::uint32_t gid(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.gid;
}

/// Storage taken, in units of 512 bytes.
[[nodiscard]] inline std::uint64_t blocks(const fs::Metadata& metadata) noexcept {
    return metadata.as_native().record().statx.blocks;
}

/// The inode number that the directory gives, without a system call.
[[nodiscard]] inline std::uint64_t ino(const fs::DirEntry& entry) noexcept { return entry.as_native().file_id; }
[[nodiscard]] inline std::uint64_t ino(const fs::WalkEntry& entry) noexcept { return entry.as_native().file_id; }

}  // namespace weld::os
