// SPDX-License-Identifier: MIT
//
// fs: files for tasks, with the names of weld::fs.
//
// A call runs inline by default: on the task's own thread, at the speed of the native call. The page cache answers most
// calls. In `Mode::Offload` a call runs on a thread of the runtime's pool (`green::offload`) while the task is parked,
// and costs about ten microseconds more.
#pragma once

#include <green/fs/file.hpp>
#include <green/fs/metadata.hpp>
#include <green/fs/read_dir.hpp>
#include <green/fs/walk.hpp>

#include <weld/fs.hpp>

namespace green::fs {

using weld::fs::create_dir;
using weld::fs::read;
using weld::fs::read_to_string;
using weld::fs::remove_dir;
using weld::fs::remove_file;
using weld::fs::rename;
using weld::fs::write;

}  // namespace green::fs
