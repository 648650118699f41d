// SPDX-License-Identifier: MIT
//
// waiting_error: the pending error of a socket (SO_ERROR), for `take_error` of streams and listeners.
#pragma once

#include "../during.hpp"

#include <weld/answer.hpp>
#include <weld/native/socket.hpp>
#include <weld/sys/try.hpp>

#include <optional>

namespace weld::net {

[[nodiscard]] inline Answer<std::optional<Error>> waiting_error(const native::Socket& socket) noexcept {
    const sys::Errno error = WELD_TRY(during("take_error", socket.take_error()));
    if (error == sys::Errno{}) {
        return std::nullopt;
    }
    return Error("take_error", error);
}

}  // namespace weld::net
