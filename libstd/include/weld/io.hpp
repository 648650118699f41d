// SPDX-License-Identifier: MIT
//
// Reader, Writer, and the functions built on them: read_exact, read_to_end, write_all, and their forms at an offset and
// with several buffers.
//
// A reader produces bytes, a writer accepts them, each as many at a time as it likes. Files and streams are readers and
// writers, and so may be your own types. A function that moves a whole buffer reports, when it fails, how much of it
// was moved before.
#pragma once

#include <weld/error.hpp>
#include <weld/sys/io_slice.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace weld {

/// `read(target)` fills the front of `target` and returns how many bytes; zero means the end, unless `target` is empty.
template <class T>
concept Reader = requires(T& reader, std::span<std::byte> target) {
    { reader.read(target) } -> std::same_as<Result<std::size_t>>;
};

/// `write(source)` accepts bytes from the front of `source` and returns how many.
template <class T>
concept Writer = requires(T& writer, std::span<const std::byte> source) {
    { writer.write(source) } -> std::same_as<Result<std::size_t>>;
};

/// Why a transfer ended early, and how many bytes were moved before.
struct Transfer {
    std::size_t count;
    Error error;

    /// For a caller that does not need the count.
    constexpr operator Error() const noexcept { return error; }

    /// As with Error, `return done.error();` does not compile in a function that returns a Result.
    template <class T>
        requires(!std::is_constructible_v<T, Transfer>)
    operator std::expected<T, Error>() const = delete;  // write: return std::unexpected(done.error());

    [[nodiscard]] Kind kind() const noexcept { return error.kind(); }
};

/// Fills all of `target` from `reader`, with as many reads as that takes; an interrupted read is retried. UnexpectedEof
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

/// Writes all of `source` to `writer`, with as many writes as that takes; an interrupted write is retried. WriteZero
/// when the writer accepts nothing and reports no error.
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

/// The same with the bytes of `text`. A literal is written whole, also what follows a NUL inside. An array of char that
/// is no literal does not compile, since it would be cut at its first NUL.
template <Writer W>
[[nodiscard]] std::expected<void, Transfer> write_all(W&& writer, std::string_view text) {
    return write_all(writer, std::as_bytes(std::span(text)));
}
template <Writer W, std::size_t size>
[[nodiscard]] std::expected<void, Transfer> write_all(W&& writer, const char (&literal)[size]) {
    return write_all(writer, std::as_bytes(std::span(literal).first(literal[size - 1] == '\0' ? size - 1 : size)));
}
template <Writer W, std::size_t size>
[[nodiscard]] std::expected<void, Transfer> write_all(W&& writer, char (&buffer)[size]) = delete;

/// Writes all bytes of all `sources` to `writer`, together where it has a `write_vectored`. An interrupted write is
/// retried, and a slice that was written in part is completed by `write`. WriteZero as for `write_all`.
template <Writer W>
[[nodiscard]] std::expected<void, Transfer> write_all_vectored(W&& writer, std::span<const sys::IoSlice> sources) {
    std::size_t done = 0;
    for (std::size_t taken = 0;;) {  // bytes of the first slice
        while (!sources.empty() && taken >= sources.front().size()) {
            taken -= sources.front().size();
            sources = sources.subspan(1);
        }
        if (sources.empty()) {
            assert(taken == 0);
            return {};
        }
        if constexpr (requires { Result<std::size_t>(writer.write_vectored(sources)); }) {
            if (taken == 0) {
                const Result<std::size_t> count = writer.write_vectored(sources);
                if (count && *count == 0) {
                    return std::unexpected(Transfer{done, Error("write_all_vectored", Fault::WriteZero)});
                }
                if (!count && count.error().kind() != Kind::Interrupted) {
                    return std::unexpected(Transfer{done, count.error()});
                }
                taken = count.value_or(0);
                done += taken;
                continue;
            }
        }
        const std::span<const std::byte> rest = std::span<const std::byte>(sources.front()).subspan(taken);
        if (const auto written = write_all(writer, rest); !written) {
            return std::unexpected(Transfer{done + written.error().count, written.error().error});
        }
        done += rest.size();
        taken = sources.front().size();
    }
}

/// The free space of `target` after the bytes that were read; the destructor truncates `target` to those bytes.
template <class Bytes>
struct Tail {
    static constexpr std::size_t least = 32;    // bytes that are worth a read
    static constexpr std::size_t grown = 8192;  // some files of /proc answer one read only, cut to its size

    Bytes& target;
    std::size_t end;

    Tail(Bytes& bytes, std::size_t size) noexcept : target(bytes), end(size) {}
    Tail(const Tail&) = delete;
    Tail& operator=(const Tail&) = delete;
    ~Tail() { target.resize(end); }

    void grow() { target.reserve(std::max(target.capacity() * 2, end + grown)); }

    /// About `step` bytes of the capacity, which grows when it is used up.
    [[nodiscard]] std::span<std::byte> room(std::size_t step) {
        if (target.capacity() == end) {
            grow();
        }
        if (target.size() - end < least) {
            target.resize(std::max(target.size(), std::min(target.capacity(), end + step)));
        }
        return std::as_writable_bytes(std::span(target.data() + end, target.size() - end));
    }
};

/// Appends all bytes of `reader` until its end to `target`, whose elements are bytes, and returns how many; an
/// interrupted read is retried. After an error or an exception `target` holds what was read before. Allocates:
/// `target`, whose capacity doubles each time; nothing when the capacity has 32 bytes to spare and room for all.
template <Reader R, class Bytes>
    requires(sizeof(typename Bytes::value_type) == 1)
[[nodiscard]] std::expected<std::size_t, Transfer> read_to_end(R&& reader, Bytes& target) {
    const std::size_t before = target.size();
    const std::size_t reserved = target.capacity();
    Tail<Bytes> tail(target, before);
    if (reserved - before < Tail<Bytes>::least) {
        tail.grow();
    }
    std::array<std::byte, Tail<Bytes>::least> more{};
    for (std::size_t step = Tail<Bytes>::grown;;) {
        // The reserved capacity may be exactly enough: it does not grow before there is more to read.
        const bool is_full = tail.end == reserved && target.capacity() == reserved;
        const Result<std::size_t> count = reader.read(is_full ? std::span<std::byte>(more) : tail.room(step));
        if (count) {
            assert(!is_full || *count <= more.size());
            if (is_full && *count != 0) {
                std::copy_n(more.data(), *count, tail.room(step).data());
            }
            tail.end += *count;
            assert(tail.end <= target.size());
            step = std::max(step, *count * 2);
        }
        if (count ? *count == 0 : count.error().kind() != Kind::Interrupted) {
            return count ? std::expected<std::size_t, Transfer>(tail.end - before)
                         : std::unexpected(Transfer{tail.end - before, count.error()});
        }
    }
}

/// The same into a string, in any encoding.
template <Reader R>
[[nodiscard]] std::expected<std::size_t, Transfer> read_to_string(R&& reader, std::string& target) {
    return read_to_end(reader, target);
}

/// Fills all of `target` with the bytes of `file` from `offset`; the position stays. UnexpectedEof when the file ends
/// before.
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

/// Writes all of `source` to `file` at `offset`; the position stays.
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
