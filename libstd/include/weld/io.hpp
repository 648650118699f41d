// SPDX-License-Identifier: MIT
//
// Reader, Writer, and what is built on them: read_exact, write_all.
//
// A reader gives bytes, a writer takes them, each as many as it likes at a time: files and streams do, and so
// may types of the user. What moves a whole buffer says, when it fails, how much of it was moved before.
#pragma once

#include <weld/error.hpp>

#include <cassert>
#include <concepts>
#include <cstddef>
#include <expected>
#include <span>

namespace weld {

/// `read(target)` fills the front of `target` and returns how many bytes; zero means the end, unless `target`
/// is empty.
template <class T>
concept Reader = requires(T& reader, std::span<std::byte> target) {
    { reader.read(target) } -> std::same_as<Result<std::size_t>>;
};

/// `write(source)` takes bytes from the front of `source` and returns how many.
template <class T>
concept Writer = requires(T& writer, std::span<const std::byte> source) {
    { writer.write(source) } -> std::same_as<Result<std::size_t>>;
};

/// Why a transfer ended early, and the bytes that were moved before.
struct Transfer {
    std::size_t count;
    Error error;

    /// For whoever does not ask how far it came.
    constexpr operator Error() const noexcept { return error; }

    [[nodiscard]] Kind kind() const noexcept { return error.kind(); }
};

/// Fills `target` from `reader`, however many reads that takes; an interrupted one is made again. UnexpectedEof
/// when the reader ends before.
template <Reader R>
[[nodiscard]] std::expected<void, Transfer> read_exact(R&& reader, std::span<std::byte> target) {
    std::size_t done = 0;
    while (done < target.size()) {
        const Result<std::size_t> count = reader.read(target.subspan(done));
        if (count) {
            assert(*count <= target.size() - done);
            if (*count == 0) {
                return std::unexpected(Transfer{done, Error("read_exact", Fault::UnexpectedEof)});
            }
            done += *count;
        } else if (count.error().kind() != Kind::Interrupted) {
            return std::unexpected(Transfer{done, count.error()});
        }
    }
    return {};
}

/// Gives `writer` all of `source`, however many writes that takes; an interrupted one is made again. WriteZero
/// when the writer takes nothing and says no error.
template <Writer W>
[[nodiscard]] std::expected<void, Transfer> write_all(W&& writer, std::span<const std::byte> source) {
    std::size_t done = 0;
    while (done < source.size()) {
        const Result<std::size_t> count = writer.write(source.subspan(done));
        if (count) {
            assert(*count <= source.size() - done);
            if (*count == 0) {
                return std::unexpected(Transfer{done, Error("write_all", Fault::WriteZero)});
            }
            done += *count;
        } else if (count.error().kind() != Kind::Interrupted) {
            return std::unexpected(Transfer{done, count.error()});
        }
    }
    return {};
}

}  // namespace weld
