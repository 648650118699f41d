// SPDX-License-Identifier: MIT
//
// in_mode: makes a call that may block, where a Mode says.
#pragma once

#include <green/fs/metadata.hpp>

namespace green::fs {

/// Calls `call()` where `mode` says and returns its Result.
template <class Call>
[[nodiscard]] auto in_mode(Mode mode, Call call) noexcept -> decltype(call()) {
    return mode == Mode::Inline ? call() : offload(call);
}

/// `source.next()`, which asks the system only when it has nothing in memory. Where the pool has no thread, the call is
/// made inline all the same: the pool may be of another runtime than the one that opened `source` offloaded.
template <class Source>
[[nodiscard]] auto next_in_mode(Source& source, Mode mode) noexcept -> decltype(source.next()) {
    if (mode == Mode::Inline || source.is_buffered()) {
        return source.next();
    }
    const auto offloaded = offload([&] { return source.next(); });
    return offloaded ? *offloaded : source.next();
}

}  // namespace green::fs
