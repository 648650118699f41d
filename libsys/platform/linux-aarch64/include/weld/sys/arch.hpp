// SPDX-License-Identifier: MIT
//
// arch: what differs between the CPUs of Linux, here aarch64.
//
// Flag values and the layouts that the kernel and glibc fill in place; `src/linux/arch.cpp` checks each
// against the system's own header. Nothing else belongs here.
#pragma once

#include <weld/sys/posix/timespec.hpp>

#include <cstddef>
#include <cstdint>

namespace weld::sys::arch {

inline constexpr std::uint32_t o_directory = 040000;
inline constexpr std::uint32_t o_nofollow = 0100000;
inline constexpr std::uint32_t o_direct = 0200000;

/// sizeof(pthread_attr_t).
inline constexpr std::size_t pthread_attr_size = 64;

/// struct stat, as fstatat(2) fills it.
struct Stat {
    std::uint64_t dev;
    std::uint64_t ino;
    std::uint32_t mode;
    std::uint32_t nlink;
    std::uint32_t uid;
    std::uint32_t gid;
    std::uint64_t rdev;
    std::uint64_t reserved_0;
    std::int64_t size;
    std::int32_t blksize;
    std::int32_t reserved_1;
    std::int64_t blocks;
    Timespec atime;
    Timespec mtime;
    Timespec ctime;
    std::int32_t reserved_2[2];
};

/// struct epoll_event. `data` is a union of eight bytes.
struct EpollEvent {
    std::uint32_t found;
    std::uint32_t reserved;
    alignas(8) std::uint32_t data[2];
};

/// Tells the CPU that this thread spins. The instruction is isb, since unlike yield it takes about as long as the hints
/// of other CPUs.
inline void spin_hint() noexcept { __asm__ volatile("isb" ::: "memory"); }

}  // namespace weld::sys::arch
