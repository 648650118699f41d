// SPDX-License-Identifier: MIT
//
// os/unix: what green's objects are on Unix, under the names of weld::os.
//
// `fd` lends the descriptor of anything that has a handle. That of a socket belongs to a loop: it may be asked and
// configured, and not closed. A stream's is blocking, whatever waits for it, so a child that is lent it reads as from
// any other; a listener's is non-blocking and stays so, until `into_native`.
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
