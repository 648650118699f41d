// SPDX-License-Identifier: MIT
//
// SystemOptions: what a Command holds that only Unix has; <weld/os/unix/process.hpp> sets it.
#pragma once

#include <weld/native/spawn_plan.hpp>
#include <weld/sys/repr.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weld::process {

/// A descriptor of the child, and what it is here; closed with the Command where that owns it.
struct MappedFd {
    native::DescriptorMapping mapping;
    std::optional<sys::OwnedHandle> owned;
};

struct SystemOptions {
    std::vector<MappedFd> descriptors;
    bool close_others = false;
    bool new_session = false;
    std::optional<std::int32_t> process_group;
    std::optional<std::string> root;
    std::optional<std::vector<std::uint32_t>> groups;
    std::optional<std::uint32_t> group;
    std::optional<std::uint32_t> user;
    std::optional<std::int32_t> death_signal;
    std::optional<std::string> name;  ///< the first argument
    std::vector<native::BeforeExec> before_exec;
};

}  // namespace weld::process
