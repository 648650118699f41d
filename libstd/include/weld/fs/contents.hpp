// SPDX-License-Identifier: MIT
//
// Whole files: read, read_to_string, write, append.
#pragma once

#include <weld/error.hpp>
#include <weld/fs/file.hpp>
#include <weld/path.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weld::fs {

/// Reads the whole file `path`. OutOfMemory when it does not fit in memory. Allocates: the result.
[[nodiscard]] WELD_API Result<std::vector<std::byte>> read(PathRef path) noexcept;

/// Reads the whole file `path` as text, in any encoding. OutOfMemory when it does not fit in memory. Allocates: the
/// result.
[[nodiscard]] WELD_API Result<std::string> read_to_string(PathRef path) noexcept;

/// Reads `file` from its position to its end, where the position is afterwards. Errors and allocation as above.
[[nodiscard]] WELD_API Result<std::vector<std::byte>> read(const File& file) noexcept;
[[nodiscard]] WELD_API Result<std::string> read_to_string(const File& file) noexcept;

/// A string literal as text: all of it, also what follows a NUL inside, but not the NUL that ends it.
template <std::size_t size>
[[nodiscard]] constexpr std::string_view literal_text(const char (&literal)[size]) noexcept {
    return {literal, literal[size - 1] == '\0' ? size - 1 : size};
}

/// Makes `contents` the whole contents of `path`: the file is created if it does not exist, and truncated first if it
/// does. When this fails the file may hold a part of `contents`.
[[nodiscard]] WELD_API Result<void> write(PathRef path, std::span<const std::byte> contents) noexcept;

/// As above, for text. An array of char that is no literal does not compile, since it would be cut at its first NUL:
/// pass std::as_bytes of it, or a string_view of the part that is text.
[[nodiscard]] inline Result<void> write(PathRef path, std::string_view contents) noexcept {
    return write(path, std::as_bytes(std::span(contents)));
}
template <std::size_t size>
[[nodiscard]] Result<void> write(PathRef path, const char (&literal)[size]) noexcept {
    return write(path, literal_text(literal));
}
template <std::size_t size>
[[nodiscard]] Result<void> write(PathRef path, char (&buffer)[size]) noexcept = delete;

/// Appends `contents` to the file `path`, which is created if it does not exist.
[[nodiscard]] WELD_API Result<void> append(PathRef path, std::span<const std::byte> contents) noexcept;

/// As above, for text. An array of char that is no literal does not compile here either.
[[nodiscard]] inline Result<void> append(PathRef path, std::string_view contents) noexcept {
    return append(path, std::as_bytes(std::span(contents)));
}
template <std::size_t size>
[[nodiscard]] Result<void> append(PathRef path, const char (&literal)[size]) noexcept {
    return append(path, literal_text(literal));
}
template <std::size_t size>
[[nodiscard]] Result<void> append(PathRef path, char (&buffer)[size]) noexcept = delete;

}  // namespace weld::fs
