// SPDX-License-Identifier: MIT
//
// Reader, Writer, and what is built on them: read_exact, read_to_end, write_all, those at an offset and of several
// buffers.
//
// A reader gives bytes, a writer takes them, each as many as it likes at a time: files and streams do, and so
// may types of the user. What moves a whole buffer says, when it fails, how much of it was moved before.
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

    /// As with Error, `return done.error();` does not compile where a Result is returned.
    template <class T>
        requires(!std::is_constructible_v<T, Transfer>)
    operator std::expected<T, Error>() const = delete;  // write: return std::unexpected(done.error());

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

/// The same of the bytes of `text`. A buffer of char is none, since it would be cut at its first NUL.
template <Writer W>
[[nodiscard]] std::expected<void, Transfer> write_all(W&& writer, std::string_view text) {
    return write_all(writer, std::as_bytes(std::span(text)));
}
template <Writer W, std::size_t size>
[[nodiscard]] std::expected<void, Transfer> write_all(W&& writer, char (&buffer)[size]) = delete;

/// Gives `writer` all bytes of all `sources`, together where it has a `write_vectored`; an interrupted write is made
/// again, and a slice that was taken in part is ended by `write`. WriteZero as of `write_all`.
template <Writer W>
[[nodiscard]] std::expected<void, Transfer> write_all_vectored(W&& writer, std::span<const sys::IoSlice> sources) {
    std::size_t done = 0;
    for (std::size_t taken = 0;;) {  // of the first slice
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

/// The room behind what was read into `target`, which it cuts back to that at last.
template <class Bytes>
struct Tail {
    static constexpr std::size_t least = 32;    // worth a read
    static constexpr std::size_t grown = 8192;  // some files of /proc answer once, and cut the answer to what was asked

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

/// Appends all that `reader` gives until it ends to `target`, whose elements are bytes, and returns how many; an
/// interrupted read is made again. What was read before an error or an exception is there. Allocates: `target`, twice
/// as much each time; not when the capacity has 32 bytes to spare and room for all.
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
        // What was reserved may be all: it does not grow before there is more.
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
