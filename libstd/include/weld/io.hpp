// SPDX-License-Identifier: MIT
//
// Reader, Writer, and what is built on them: read_exact, read_to_end, write_all and those at an offset.
//
// A reader gives bytes, a writer takes them, each as many as it likes at a time: files and streams do, and so
// may types of the user. What moves a whole buffer says, when it fails, how much of it was moved before.
#pragma once

#include <weld/error.hpp>

#include <algorithm>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

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

/// Appends all that `reader` gives until it ends to `target`, whose elements are bytes, and returns how many; an
/// interrupted read is made again. What was read before an error is there. Allocates: `target`, twice as much each
/// time.
template <Reader R, class Bytes>
    requires(sizeof(typename Bytes::value_type) == 1)
[[nodiscard]] std::expected<std::size_t, Transfer> read_to_end(R&& reader, Bytes& target) {
    const std::size_t before = target.size();
    std::size_t end = before;
    for (;;) {
        if (end == target.size()) {
            target.resize(std::max({target.capacity(), end + 32, end * 2}));
        }
        const Result<std::size_t> count =
            reader.read(std::as_writable_bytes(std::span(target.data() + end, target.size() - end)));
        if (count) {
            assert(*count <= target.size() - end);
            end += *count;
        }
        if (count ? *count == 0 : count.error().kind() != Kind::Interrupted) {
            target.resize(end);
            return count ? std::expected<std::size_t, Transfer>(end - before)
                         : std::unexpected(Transfer{end - before, count.error()});
        }
    }
}

/// The same into a string, of whatever encoding.
template <Reader R>
[[nodiscard]] std::expected<std::size_t, Transfer> read_to_string(R&& reader, std::string& target) {
    return read_to_end(reader, target);
}

/// Fills `target` with the bytes of `file` from `offset`; the position stays. UnexpectedEof when it ends before.
template <class File>
[[nodiscard]] std::expected<void, Transfer> read_exact_at(const File& file, std::span<std::byte> target,
                                                          std::uint64_t offset) {
    struct {
        const File& file;
        std::uint64_t offset;

        Result<std::size_t> read(std::span<std::byte> part) {
            Result<std::size_t> count = file.read_at(part, offset);
            offset += count.value_or(0);
            return count;
        }
    } reader{file, offset};
    return read_exact(reader, target);
}

/// Gives `file` all of `source` at `offset`; the position stays.
template <class File>
[[nodiscard]] std::expected<void, Transfer> write_all_at(const File& file, std::span<const std::byte> source,
                                                         std::uint64_t offset) {
    struct {
        const File& file;
        std::uint64_t offset;

        Result<std::size_t> write(std::span<const std::byte> part) {
            Result<std::size_t> count = file.write_at(part, offset);
            offset += count.value_or(0);
            return count;
        }
    } writer{file, offset};
    return write_all(writer, source);
}

}  // namespace weld
