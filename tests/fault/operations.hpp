// SPDX-License-Identifier: MIT
//
// Operations: each must neither leak descriptors nor lose data when one of its system calls fails.
#pragma once

#include <weld/error.hpp>

#include <functional>
#include <string>
#include <vector>

namespace fault {

/// `result` without its value.
template <class T>
weld::Result<void> plain(const weld::Result<T>& result) {
    return result ? weld::Result<void>() : std::unexpected(result.error());
}

struct Operation {
    std::string name;
    std::function<weld::Result<void>()> run;
    std::function<bool()> is_whole;  ///< whether everything that must exist does, after success or failure
};

/// Operations in `directory`, which `prepare_operation` prepares.
[[nodiscard]] std::vector<Operation> operations(const std::string& directory);

/// Makes the files that an operation needs, and removes those that an earlier one made.
void prepare_operation(const std::string& directory);

}  // namespace fault
