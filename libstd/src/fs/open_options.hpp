// SPDX-License-Identifier: MIT
//
// explained: which open options contradict each other.
//
// native::File::open refuses a contradiction with EINVAL before any system call. Only then is its name determined, so
// that success costs nothing.
#pragma once

#include <weld/error.hpp>
#include <weld/native/file.hpp>

#include <optional>

namespace weld::fs {

/// The contradiction in `options` that `native::File::open` refuses; nothing if there is none.
[[nodiscard]] constexpr std::optional<Fault> contradiction_in(const native::OpenOptions& options) noexcept {
    const bool writes = options.write || options.append;
    if (!options.read && !writes) {
        return Fault::NoAccess;
    }
    if (!writes && (options.truncate || options.create || options.create_new)) {
        return Fault::CreateWithoutWrite;
    }
    return options.truncate && options.append && !options.create_new ? std::optional(Fault::TruncateWithAppend)
                                                                     : std::nullopt;
}

/// Returns `opened`; if it is an error because of a contradiction in `options`, the error names that.
[[nodiscard]] inline Result<native::File> explained(Result<native::File> opened,
                                                    const native::OpenOptions& options) noexcept {
    if (!opened && opened.error() == Error("open", sys::Errno::Inval)) [[unlikely]] {
        if (const auto contradiction = contradiction_in(options)) {
            return std::unexpected(Error(opened.error().operation(), *contradiction));
        }
    }
    return opened;
}

}  // namespace weld::fs
