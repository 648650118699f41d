// SPDX-License-Identifier: MIT
//
// SpawnPlan: a new process as Unix makes one: what runs, with which descriptors, where and as whom.
//
// Everything is prepared by the caller and borrowed until the call returns: between the new process and its program
// nothing is allocated, converted or looked up.
#pragma once

#include <weld/sys/cstr.hpp>
#include <weld/sys/posix/signal.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace weld::native {

/// A descriptor of the child: `number` there is what `source` is here. Both may be the same.
struct DescriptorMapping {
    sys::RawHandle source;
    sys::RawHandle number;
};

/// What runs in the child right before its program, in memory of its own: calls nothing but what signal-safety(7)
/// lists, since locks that other threads held stay held for ever.
struct BeforeExec {
    sys::Result<void> (*function)(void* argument);
    void* argument;
};

struct SpawnPlan {
    /// Paths that are tried one after another, until one can be run; at least one, and a null at the end.
    const char* const* programs = nullptr;
    const char* const* arguments = nullptr;    ///< the first is the name; a null at the end
    const char* const* environment = nullptr;  ///< "NAME=value" each; a null at the end

    /// In any order; no number twice. The others of 0, 1 and 2 stay as they are. Overwritten while the child is made.
    std::span<DescriptorMapping> descriptors;
    bool close_others = false;  ///< of what is inherited, all but `descriptors`, 0, 1 and 2

    bool new_session = false;
    std::optional<std::int32_t> process_group;  ///< zero for one of its own
    const char* root = nullptr;
    std::optional<std::span<const std::uint32_t>> groups;  ///< supplementary; none where `user` is set and they are not
    std::optional<std::uint32_t> group;
    std::optional<std::uint32_t> user;
    const char* directory = nullptr;  ///< below `root`, as `user` may
    std::optional<sys::Signal> death_signal;

    /// In this order. With any the child is made by fork, which copies the page tables of the parent.
    std::span<const BeforeExec> before_exec;
};

}  // namespace weld::native
