// SPDX-License-Identifier: MIT
//
// during: gives a failure the name of its operation, and a path its NUL.
#pragma once

#include <weld/error.hpp>
#include <weld/path.hpp>
#include <weld/sys/cstr.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <expected>
#include <new>
#include <stdexcept>
#include <utility>

namespace weld {

/// The error of `with_cstr` for a path with a NUL inside: a number that no system call returns.
inline constexpr sys::Errno nul_inside{-1};

/// The Error for `operation`, refused by the system or by `with_cstr`.
[[nodiscard, gnu::cold]] inline Error failure(const char* operation, sys::Errno error) noexcept {
    return error == nul_inside ? Error(operation, Fault::NulInPath) : Error(operation, error);
}

/// PATH_MAX: the kernel refuses any longer path, its NUL included.
inline constexpr std::size_t longest_path = 4096;

// Not inlined, so that only a string_view pays for the buffer: a frame of four KiB would push the hot path of all other
// callers onto a second page.
template <class Call>
[[nodiscard, gnu::cold, gnu::noinline]] auto with_copy(std::string_view path, Call call) noexcept
    -> decltype(call(std::declval<sys::CStr>())) {
    if (path.find('\0') != std::string_view::npos) {
        return std::unexpected(nul_inside);
    }
    if (path.size() >= longest_path) {
        return std::unexpected(sys::Errno::Nametoolong);
    }
    std::array<char, longest_path> text;
    std::copy_n(path.data(), path.size(), text.data());
    text[path.size()] = '\0';
    return call(sys::CStr(text.data()));
}

/// Whether the bytes of `path` end in a NUL and contain no other, as the system requires.
[[nodiscard]] inline bool is_cstr(PathRef path) noexcept {
    return path.is_terminated() && (!path.knows_size() || std::strlen(path.data()) == path.view().size());
}

/// Returns `call(c_path)`, a sys::Result.
template <class Call>
[[nodiscard]] inline auto with_cstr(PathRef path, Call call) noexcept -> decltype(call(std::declval<sys::CStr>())) {
    if (!is_cstr(path)) [[unlikely]] {
        return with_copy(path.view(), call);
    }
    return call(sys::CStr(path.data()));
}

/// Returns `call(c_path)`; adds `operation` to its error.
template <class Call>
[[nodiscard]] inline auto during(const char* operation, PathRef path, Call call) noexcept {
    auto done = with_cstr(path, call);
    using Done = decltype(during(operation, std::move(done)));
    if (!done) [[unlikely]] {
        return Done(std::unexpect, failure(operation, done.error()));
    }
    return during(operation, std::move(done));
}

/// Returns `body()`, whose memory needs depend on the input: running out of memory is an error value, not an exception.
template <class Body>
[[nodiscard]] inline auto within_memory(const char* operation, Body body) noexcept -> decltype(body()) {
    try {
        return body();
    } catch (const std::bad_alloc&) {
    } catch (const std::length_error&) {
    }
    return std::unexpected(Error(operation, Fault::OutOfMemory));
}

}  // namespace weld
