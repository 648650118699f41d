// SPDX-License-Identifier: MIT
//
// explained: which open options contradict each other.
//
// native::File::open refuses a contradiction as EINVAL before it asks the system. The name of the contradiction is
// looked for only then, so that success pays nothing for it.
#pragma once

#include <weld/error.hpp>
#include <weld/native/file.hpp>

#include <optional>

namespace weld::fs {

/// What `native::File::open` refuses in `options`; nothing if it refuses nothing.
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

/// What `opened` is, with the contradiction in `options` for an error if there is one.
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
