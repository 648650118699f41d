// SPDX-License-Identifier: MIT
//
// fs: files, directories and their metadata.
#pragma once

#include <weld/fs/atomic_file.hpp>
#include <weld/fs/contents.hpp>
#include <weld/fs/copy.hpp>
#include <weld/fs/dir.hpp>
#include <weld/fs/file.hpp>
#include <weld/fs/metadata.hpp>
#include <weld/fs/names.hpp>
#include <weld/fs/read_dir.hpp>
#include <weld/fs/temp.hpp>
#include <weld/fs/walk.hpp>
