// SPDX-License-Identifier: MIT
//
// Operations: what a call that fails in the middle must neither leak nor lose.
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
    std::function<bool()> is_whole;  ///< whether all that has to be there is, however it went
};

/// Operations in `directory`, which `prepare_operation` makes ready.
[[nodiscard]] std::vector<Operation> operations(const std::string& directory);

/// Puts there what an operation finds, and removes what one made.
void prepare_operation(const std::string& directory);

}  // namespace fault
