// SPDX-License-Identifier: MIT
//
// fs: files for tasks, with the names of weld::fs.
//
// A call runs inline, on the thread that the task is on, at the speed of the native call: most are answered
// from memory. What is given `Mode::Offload` runs in libuv's pool, and costs about ten microseconds more.
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
