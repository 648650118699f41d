// SPDX-License-Identifier: MIT
#include <weld/print.hpp>

#include <cerrno>
#include <cstdio>

namespace weld {

namespace {

Error last_error(const char* operation) noexcept {
    return errno != 0 ? Error(operation, static_cast<sys::Errno>(errno)) : Error(operation, Fault::WriteZero);
}

Result<void> put(const char* operation, std::FILE* stream, std::string_view text) noexcept {
    if (text.empty()) {
        return {};  // it may point nowhere, which fwrite does not allow
    }
    errno = 0;
    // Not tried again when a signal interrupts: libc has dropped its buffer by then, and going on as if
    // nothing had been lost would hide it.
    if (std::fwrite(text.data(), 1, text.size(), stream) != text.size()) {
        return std::unexpected(last_error(operation));
    }
    return {};
}

}  // namespace

Result<void> print(std::string_view text) noexcept { return put("print", stdout, text); }

Result<void> eprint(std::string_view text) noexcept { return put("eprint", stderr, text); }

Result<void> flush() noexcept {
    errno = 0;
    if (std::fflush(stdout) != 0) {
        return std::unexpected(last_error("flush"));
    }
    return {};
}

}  // namespace weld
