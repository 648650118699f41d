// SPDX-License-Identifier: MIT
//
// fs: files, directories and what is known about them.
#pragma once

#include <weld/fs/contents.hpp>
#include <weld/fs/file.hpp>
#include <weld/fs/metadata.hpp>
#include <weld/fs/names.hpp>
#include <weld/fs/read_dir.hpp>
#include <weld/fs/walk.hpp>
