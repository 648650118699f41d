// SPDX-License-Identifier: MIT
//
// Seek: the concept of a stream with a position. rewind, stream_position.
#pragma once

#include <weld/error.hpp>
#include <weld/native/file.hpp>

#include <concepts>
#include <cstdint>

namespace weld {

/// `seek(from, offset)` moves the position by `offset` bytes from `from` and returns it, counted from the start.
template <class T>
concept Seek = requires(T& stream, native::SeekFrom from, std::int64_t offset) {
    { stream.seek(from, offset) } -> std::same_as<Result<std::uint64_t>>;
};

}  // namespace weld

namespace weld::io {

using native::SeekFrom;

/// Moves to the start of `stream`.
template <Seek S>
[[nodiscard]] Result<std::uint64_t> rewind(S&& stream) {
    return stream.seek(SeekFrom::Start, 0);
}

/// The position of `stream`, counted from its start: from its own `stream_position`, if it has one.
template <Seek S>
[[nodiscard]] Result<std::uint64_t> stream_position(S&& stream) {
    if constexpr (requires { Result<std::uint64_t>(stream.stream_position()); }) {
        return stream.stream_position();
    } else {
        return stream.seek(SeekFrom::Current, 0);
    }
}

}  // namespace weld::io
