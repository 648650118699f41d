// SPDX-License-Identifier: MIT
//
// os/unix: file descriptors, users, groups, modes and inodes of green's objects, under the names of weld::os.
//
// `fd` lends the file descriptor of anything that has a handle. A socket's descriptor belongs to an event loop: it may
// be queried and configured, but not closed. A stream's descriptor is blocking, even while tasks wait for it, so a
// child process that is lent it can read as from any other. A listener's is non-blocking, until `into_native`.
#pragma once

#include <weld/os/unix.hpp>

namespace green::os {

using weld::os::blocks;
using weld::os::dev;
using weld::os::fd;
using weld::os::gid;
using weld::os::ino;
using weld::os::into_fd;
using weld::os::mode;
using weld::os::nlink;
using weld::os::uid;

}  // namespace green::os
