// SPDX-License-Identifier: MIT
//
// Lines, Split: the contents of a buffered reader, split at newlines or at another byte.
//
//     for (const auto& line : io::lines(reader)) { … }  // each a Result<std::string_view>
//
// A piece is a view into the reader's own buffer, without a copy, unless it spans two fills. It is valid until the next
// one is requested. An error ends the iteration, and the part of a piece that was read before it goes back to the
// reader: after a TimedOut or a WouldBlock a new iteration starts with that piece, complete. A reader of your own
// without `put_back` loses the part.
//
// The last piece is consumed when the next one is requested or when the iteration is destroyed. After leaving the loop
// the reader continues with the bytes after it. Until then nothing else may use, move or destroy the reader.
#pragma once

#include <weld/io.hpp>
#include <weld/iteration.hpp>

#include <cstddef>
#include <cstring>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace weld {

/// A reader that exposes its buffer: `fill()` returns bytes, none at the end, and `consume(count)` removes the first of
/// them.
template <class T>
concept BufferedReader = Reader<T> && requires(T& reader, std::size_t count) {
    { reader.fill() } -> std::same_as<Result<std::span<const std::byte>>>;
    reader.consume(count);
};

/// A buffered reader that takes the last consumed bytes back: `put_back(bytes)`.
template <class T>
concept TakesBack =
    BufferedReader<T> && requires(T& reader, std::span<const std::byte> bytes) { reader.put_back(bytes); };

}  // namespace weld

namespace weld::io {

/// Consumes the bytes of `reader` up to and including `delimiter`, or to the end, passes each part of them to `see`,
/// and returns how many they were.
template <BufferedReader R, class See>
[[nodiscard]] Result<std::size_t> take_until(R& reader, std::byte delimiter, See see) {
    for (std::size_t done = 0;;) {
        const auto filled = reader.fill();
        if (!filled) {
            return std::unexpected(filled.error());
        }
        if (filled->empty()) {
            return done;
        }
        const void* found = std::memchr(filled->data(), std::to_integer<int>(delimiter), filled->size());
        const std::size_t count =
            found == nullptr ? filled->size()
                             : static_cast<std::size_t>(static_cast<const std::byte*>(found) - filled->data()) + 1;
        see(std::string_view(reinterpret_cast<const char*>(filled->data()), count));
        reader.consume(count);
        done += count;
        if (found != nullptr) {
            return done;
        }
    }
}

/// Appends the bytes of `reader` up to and including `delimiter`, or to the end, to `target`, and returns how many.
/// Zero means the end. After an error `target` holds what was read before. Allocates: `target`.
template <BufferedReader R>
[[nodiscard]] Result<std::size_t> read_until(R& reader, std::byte delimiter, std::string& target) {
    return take_until(reader, delimiter, [&](std::string_view part) { target.append(part); });
}

/// The same with a line, its newline included.
template <BufferedReader R>
[[nodiscard]] Result<std::size_t> read_line(R& reader, std::string& target) {
    return read_until(reader, std::byte{'\n'}, target);
}

/// Consumes the bytes of `reader` up to and including `delimiter`, or to the end, and returns how many they were.
template <BufferedReader R>
[[nodiscard]] Result<std::size_t> skip_until(R& reader, std::byte delimiter) {
    return take_until(reader, delimiter, [](std::string_view) {});
}

template <BufferedReader R>
class Lines;

/// The pieces of `reader` between `delimiter`s. An empty piece at the end is left out: "a\nb\n" has two.
template <BufferedReader R>
class Split {
public:
    explicit Split(R& reader, std::byte delimiter) noexcept : reader_(&reader), delimiter_(delimiter) {}

    /// A piece borrowed from `other` dangles afterwards.
    Split(Split&& other) noexcept
        : reader_(other.reader_),
          delimiter_(other.delimiter_),
          has_failed_(std::exchange(other.has_failed_, true)),
          pending_(std::exchange(other.pending_, 0)) {}
    Split& operator=(Split&&) = delete;

    ~Split() { take(); }

    /// The next piece, without the delimiter, or the error that ends the iteration; null at the end.
    [[nodiscard]] const Result<std::string_view>* next() {
        take();
        if (has_failed_) {
            return nullptr;
        }
        const auto filled = reader_->fill();
        if (filled && !filled->empty()) [[likely]] {
            const char* begin = reinterpret_cast<const char*>(filled->data());
            if (const void* found = std::memchr(begin, std::to_integer<int>(delimiter_), filled->size())) [[likely]] {
                const auto size = static_cast<std::size_t>(static_cast<const char*>(found) - begin);
                pending_ = size + 1;
                piece_ = std::string_view(begin, size);
                return &piece_;
            }
        }
        return gather(filled);
    }

    [[nodiscard]] EntryIterator<Split> begin() & { return EntryIterator<Split>(*this); }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    friend class Lines<R>;

    /// Consumes the last piece. The reader is not called when none is pending.
    void take() {
        if (pending_ != 0) {
            reader_->consume(std::exchange(pending_, 0));
        }
    }

    /// A piece that starts with all of `filled`.
    [[nodiscard, gnu::noinline]] const Result<std::string_view>* gather(Result<std::span<const std::byte>> filled) {
        carry_.clear();
        for (;; filled = reader_->fill()) {
            if (!filled) {
                has_failed_ = true;
                if constexpr (TakesBack<R>) {
                    reader_->put_back(std::as_bytes(std::span(carry_)));
                }
                piece_ = std::unexpected(filled.error());
                return &piece_;
            }
            const char* begin = reinterpret_cast<const char*>(filled->data());
            if (filled->empty()) {
                piece_ = carry_;
                return carry_.empty() ? nullptr : &piece_;
            }
            const void* found = std::memchr(begin, std::to_integer<int>(delimiter_), filled->size());
            if (found != nullptr) {
                const auto size = static_cast<std::size_t>(static_cast<const char*>(found) - begin);
                carry_.append(begin, size);
                pending_ = size + 1;
                piece_ = carry_;
                return &piece_;
            }
            carry_.append(begin, filled->size());
            reader_->consume(filled->size());
        }
    }

    R* reader_;
    std::byte delimiter_;
    bool has_failed_ = false;
    std::size_t pending_ = 0;  // bytes of the buffer that the last piece occupies; none if it had no delimiter
    std::string carry_;        // a piece that started in an earlier fill
    Result<std::string_view> piece_;
};

/// The pieces of `reader` between `delimiter`s.
template <BufferedReader R>
[[nodiscard]] Split<R> split(R& reader, std::byte delimiter) noexcept {
    return Split<R>(reader, delimiter);
}

/// Lines, without "\n" or "\r\n". A "\r" at the end that no "\n" follows belongs to the last line.
template <BufferedReader R>
class Lines {
public:
    explicit Lines(R& reader) noexcept : pieces_(reader, std::byte{'\n'}) {}

    [[nodiscard]] const Result<std::string_view>* next() {
        const Result<std::string_view>* piece = pieces_.next();
        if (pieces_.pending_ != 0 && (*piece)->ends_with('\r')) {
            (*pieces_.piece_).remove_suffix(1);
        }
        return piece;
    }

    [[nodiscard]] EntryIterator<Lines> begin() & { return EntryIterator<Lines>(*this); }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    Split<R> pieces_;
};

template <BufferedReader R>
[[nodiscard]] Lines<R> lines(R& reader) noexcept {
    return Lines<R>(reader);
}

}  // namespace weld::io
