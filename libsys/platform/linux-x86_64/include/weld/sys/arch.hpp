// SPDX-License-Identifier: MIT
//
// arch: what differs between the CPUs of Linux, here x86_64.
//
// Flag values and the layouts that the kernel and glibc fill in place; `src/linux/arch.cpp` checks each
// against the system's own header. Nothing else belongs here.
#pragma once

#include <weld/sys/posix/timespec.hpp>

#include <cstddef>
#include <cstdint>

namespace weld::sys::arch {

inline constexpr std::uint32_t o_directory = 0200000;
inline constexpr std::uint32_t o_nofollow = 0400000;
inline constexpr std::uint32_t o_direct = 040000;

/// sizeof(pthread_attr_t).
inline constexpr std::size_t pthread_attr_size = 56;

/// struct stat, as fstatat(2) fills it.
struct Stat {
    std::uint64_t dev;
    std::uint64_t ino;
    std::uint64_t nlink;
    std::uint32_t mode;
    std::uint32_t uid;
    std::uint32_t gid;
    std::uint32_t reserved_0;
    std::uint64_t rdev;
    std::int64_t size;
    std::int64_t blksize;
    std::int64_t blocks;
    Timespec atime;
    Timespec mtime;
    Timespec ctime;
    std::int64_t reserved_1[3];
};

/// struct epoll_event, packed (no padding). `data` is a union of eight bytes.
struct EpollEvent {
    std::uint32_t found;
    std::uint32_t data[2];
};

/// Tells the CPU that this thread spins: the pause instruction.
inline void spin_hint() noexcept { __builtin_ia32_pause(); }

}  // namespace weld::sys::arch
