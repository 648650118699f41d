// SPDX-License-Identifier: MIT
//
// Checks the layouts of `arch.hpp` against the system's own. Its flags are checked where they are used.
#include <weld/sys/arch.hpp>

#include <sys/stat.h>

namespace weld::sys::arch {

static_assert(sizeof(Stat) == sizeof(struct stat) && alignof(Stat) == alignof(struct stat));
static_assert(offsetof(Stat, dev) == offsetof(struct stat, st_dev));
static_assert(offsetof(Stat, ino) == offsetof(struct stat, st_ino));
static_assert(offsetof(Stat, mode) == offsetof(struct stat, st_mode));
static_assert(offsetof(Stat, nlink) == offsetof(struct stat, st_nlink));
static_assert(offsetof(Stat, uid) == offsetof(struct stat, st_uid));
static_assert(offsetof(Stat, gid) == offsetof(struct stat, st_gid));
static_assert(offsetof(Stat, rdev) == offsetof(struct stat, st_rdev));
static_assert(offsetof(Stat, size) == offsetof(struct stat, st_size));
static_assert(offsetof(Stat, blksize) == offsetof(struct stat, st_blksize));
static_assert(offsetof(Stat, blocks) == offsetof(struct stat, st_blocks));
static_assert(offsetof(Stat, atime) == offsetof(struct stat, st_atim));
static_assert(offsetof(Stat, mtime) == offsetof(struct stat, st_mtim));
static_assert(offsetof(Stat, ctime) == offsetof(struct stat, st_ctim));

}  // namespace weld::sys::arch
