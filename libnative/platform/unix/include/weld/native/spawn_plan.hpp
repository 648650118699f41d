// SPDX-License-Identifier: MIT
//
// SpawnPlan: the description of a new process on Unix: program, descriptors, directory, user and groups.
//
// The caller prepares everything, and the call borrows it until it returns: between the creation of the process and
// exec nothing is allocated, converted or looked up.
#pragma once

#include <weld/sys/cstr.hpp>
#include <weld/sys/posix/signal.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace weld::native {

/// A descriptor of the child: its `number` in the child is a duplicate of `source` in the parent. Both may be the same.
struct DescriptorMapping {
    sys::RawHandle source;
    sys::RawHandle number;
};

/// A function that the child calls right before exec, in a copy of the parent's memory. It may call only
/// async-signal-safe functions (signal-safety(7)), since locks that other threads held stay locked for ever.
struct BeforeExec {
    sys::Result<void> (*function)(void* argument);
    void* argument;
};

struct SpawnPlan {
    /// Paths that are tried one after another until one can be run; at least one, with a null at the end.
    const char* const* programs = nullptr;
    const char* const* arguments = nullptr;    ///< the first is the program's name; a null at the end
    const char* const* environment = nullptr;  ///< "NAME=value" strings; a null at the end

    /// In any order; no number twice. The child inherits those of 0, 1 and 2 that are not listed. Spawn overwrites it.
    std::span<DescriptorMapping> descriptors;
    bool close_others = false;  ///< closes all inherited descriptors but `descriptors`, 0, 1 and 2

    bool new_session = false;
    std::optional<std::int32_t> process_group;  ///< zero for a new group of its own
    const char* root = nullptr;
    std::optional<std::span<const std::uint32_t>> groups;  ///< supplementary; when only `user` is set, all are dropped
    std::optional<std::uint32_t> group;
    std::optional<std::uint32_t> user;
    const char* directory = nullptr;  ///< below `root`; entered with the permissions of `user`
    std::optional<sys::Signal> death_signal;

    /// Called in this order. If there are any, the child gets a copy of the memory, as by fork, which copies the page
    /// tables of the parent.
    std::span<const BeforeExec> before_exec;
};

}  // namespace weld::native
