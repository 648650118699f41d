// SPDX-License-Identifier: MIT
//
// BufWriter, LineWriter: buffered writers: many small writes become few large ones below.
//
// Nothing is lost and nothing is written twice: bytes that the writer below did not accept stay in the buffer, in
// order, also after an error, and the next call starts with them. `close() &&` reports whether everything was written;
// the destructor flushes once and cannot report an error. One thread at a time may use it.
//
// When the writer below throws, the number of bytes that it accepted is unknown. The bytes that it was given stay in
// the buffer, and a call that flushes writes them again. The destructor does not: it writes only the bytes that were
// added since.
#pragma once

#include <weld/io.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/seek.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weld::io {

/// Calls `flush(writer)` and drops its error or exception.
WELD_API void flush_at_end(void* writer, Result<void> (*flush)(void*)) noexcept;

template <Writer W>
class BufWriter {
public:
    /// Writes to `writer`, which it owns; `BufWriter<const File&>` borrows one. Allocates: `capacity` bytes, once.
    explicit BufWriter(W writer, std::size_t capacity = default_capacity)
        : writer_(std::forward<W>(writer)),
          capacity_(capacity),
          bytes_(std::make_unique_for_overwrite<std::byte[]>(capacity_)) {}

    /// Afterwards `other` has no buffer, and its writes go to the writer below.
    BufWriter(BufWriter&& other) noexcept
        : writer_(std::forward<W>(other.writer_)),
          capacity_(std::exchange(other.capacity_, 0)),
          bytes_(std::move(other.bytes_)),
          begin_(std::exchange(other.begin_, 0)),
          end_(std::exchange(other.end_, 0)),
          given_(std::exchange(other.given_, 0)) {}
    BufWriter& operator=(BufWriter&&) = delete;

    ~BufWriter() {
        begin_ = std::max(begin_, given_);
        if (begin_ != end_) {
            flush_at_end(this, [](void* self) { return static_cast<BufWriter*>(self)->flush(); });
        }
    }

    /// Writes into the buffer, after a flush if there is not enough room. A `source` that is no smaller than the buffer
    /// goes directly to the writer below.
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> source) {
        if (source.size() > capacity_ - end_) [[unlikely]] {
            if (const auto flushed = flush(); !flushed) {
                return std::unexpected(flushed.error());
            }
        }
        if (!source.empty()) {
            if (source.size() >= capacity_) [[unlikely]] {
                return pass(source);
            }
            std::memcpy(bytes_.get() + end_, source.data(), source.size());
            end_ += source.size();
        }
        return source.size();
    }

    /// Writes all bytes in the buffer to the writer below. After an error the buffer starts with the first byte that
    /// was not accepted.
    [[nodiscard]] Result<void> flush() {
        while (begin_ != end_) {
            given_ = end_;
            const Result<std::size_t> count = pass(buffer());
            given_ = 0;
            if (count) {
                begin_ += *count;
                if (*count == 0) {
                    return std::unexpected(Error("flush", Fault::WriteZero));
                }
            } else if (count.error().kind() != Kind::Interrupted) {
                return std::unexpected(count.error());
            }
        }
        begin_ = end_ = 0;
        return {};
    }

    /// Flushes, then moves the position of the writer below.
    [[nodiscard]] Result<std::uint64_t> seek(SeekFrom from, std::int64_t offset)
        requires Seek<std::remove_reference_t<W>>
    {
        if (const auto flushed = flush(); !flushed) {
            return std::unexpected(flushed.error());
        }
        return writer_.seek(from, offset);
    }

    /// Flushes, and ends the writer below if it is owned: with its `close`, or, when it has none and the flush
    /// succeeded, with its `commit`. Bytes that were not flushed stay in `buffer`, and the destructor does not retry
    /// them.
    [[nodiscard]] Result<void> close() && {
        const auto flushed = flush();
        given_ = end_;
        constexpr bool owned = !std::is_reference_v<W>;
        if constexpr (owned && requires { std::move(writer_).close(); }) {
            const auto closed = std::move(writer_).close();
            return flushed ? closed : flushed;
        } else if constexpr (owned && requires { std::move(writer_).commit(); }) {
            return flushed ? std::move(writer_).commit() : flushed;
        } else {
            return flushed;
        }
    }
    void close() const& = delete;  // consumes: std::move(object).close()

    /// The bytes in the buffer.
    [[nodiscard]] std::span<const std::byte> buffer() const noexcept { return {bytes_.get() + begin_, end_ - begin_}; }

    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// The writer below. Its position is behind this one by the number of bytes in the buffer.
    [[nodiscard]] const std::remove_reference_t<W>& writer() const noexcept { return writer_; }
    [[nodiscard]] std::remove_reference_t<W>& writer() noexcept { return writer_; }

    /// The writer below. The bytes in the buffer are dropped: call `flush` before, or look at `buffer`.
    [[nodiscard]] W into_writer() && {
        begin_ = end_ = 0;
        return std::forward<W>(writer_);
    }

private:
    template <Writer>
    friend class LineWriter;

    /// One write below.
    [[nodiscard]] Result<std::size_t> pass(std::span<const std::byte> source) {
        const Result<std::size_t> count = writer_.write(source);
        assert(!count || *count <= source.size());
        return count;
    }

    W writer_;
    std::size_t capacity_;
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t given_ = 0;  // the end of the bytes that were passed to a write that has not returned
};

template <class W>
BufWriter(W) -> BufWriter<W>;
template <class W>
BufWriter(W, std::size_t) -> BufWriter<W>;

/// A BufWriter that writes complete lines at once, and buffers the bytes after the last newline.
template <Writer W>
class LineWriter {
public:
    /// As BufWriter.
    explicit LineWriter(W writer, std::size_t capacity = 1024) : buffer_(std::forward<W>(writer), capacity) {}

    /// Writes everything up to the last newline to the writer below, after the bytes in the buffer, and buffers the
    /// rest. Complete lines that the writer below does not accept are not buffered, and not counted.
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> source) {
        const std::size_t size =
            std::string_view(reinterpret_cast<const char*>(source.data()), source.size()).rfind('\n') + 1;
        if (size == 0) {
            return buffer_.write(source);
        }
        if (const auto flushed = buffer_.flush(); !flushed) {
            return std::unexpected(flushed.error());
        }
        const auto lines = source.first(size);
        const Result<std::size_t> count = buffer_.pass(lines);
        const auto rest = source.subspan(lines.size());
        if (!count || *count != lines.size() || rest.empty() || rest.size() >= buffer_.capacity()) {
            return count;
        }
        (void)buffer_.write(rest);  // into the buffer, where there is room
        return source.size();
    }

    [[nodiscard]] Result<void> flush() { return buffer_.flush(); }
    [[nodiscard]] Result<void> close() && { return std::move(buffer_).close(); }
    void close() const& = delete;  // consumes: std::move(object).close()

    /// The bytes in the buffer.
    [[nodiscard]] std::span<const std::byte> buffer() const noexcept { return buffer_.buffer(); }

    [[nodiscard]] const std::remove_reference_t<W>& writer() const noexcept { return buffer_.writer(); }
    [[nodiscard]] std::remove_reference_t<W>& writer() noexcept { return buffer_.writer(); }
    [[nodiscard]] W into_writer() && { return std::move(buffer_).into_writer(); }

private:
    BufWriter<W> buffer_;
};

template <class W>
LineWriter(W) -> LineWriter<W>;
template <class W>
LineWriter(W, std::size_t) -> LineWriter<W>;

}  // namespace weld::io
