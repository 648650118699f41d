// SPDX-License-Identifier: MIT
//
// BufReader: a buffered reader: few large reads below serve many small ones.
//
// Bytes that are in the buffer when it is dropped are lost to the reader below. One thread at a time may use it.
#pragma once

#include <weld/io.hpp>
#include <weld/io/seek.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace weld::io {

inline constexpr std::size_t default_capacity = 64 * 1024;

template <Reader R>
class BufReader {
public:
    /// Reads from `reader`, which it owns; `BufReader<const File&>` borrows one. Allocates: `capacity` bytes, at least
    /// one, once.
    explicit BufReader(R reader, std::size_t capacity = default_capacity)
        : reader_(std::forward<R>(reader)),
          capacity_(std::max<std::size_t>(capacity, 1)),
          bytes_(std::make_unique_for_overwrite<std::byte[]>(capacity_)) {}

    /// Afterwards `other` has no buffer: its `fill` returns no bytes, and its reads go to the reader below.
    BufReader(BufReader&& other) noexcept(std::is_nothrow_constructible_v<R, R&&>)
        : reader_(std::forward<R>(other.reader_)),
          capacity_(std::exchange(other.capacity_, 0)),
          bytes_(std::move(other.bytes_)),
          begin_(std::exchange(other.begin_, 0)),
          end_(std::exchange(other.end_, 0)) {}

    BufReader& operator=(BufReader&& other) noexcept(std::is_nothrow_move_assignable_v<R>)
        requires std::is_object_v<R> && std::is_move_assignable_v<R>
    {
        reader_ = std::move(other.reader_);
        bytes_ = std::move(other.bytes_);
        capacity_ = std::exchange(other.capacity_, 0);
        begin_ = std::exchange(other.begin_, 0);
        end_ = std::exchange(other.end_, 0);
        return *this;
    }

    /// Reads from the buffer. When that is empty it reads from below, directly into a `target` that is no smaller than
    /// the buffer. With an empty `target` it does not call the reader below.
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> target) {
        if (begin_ == end_ && (target.empty() || target.size() >= capacity_)) {
            begin_ = end_ = 0;
            return target.empty() ? Result<std::size_t>(0) : reader_.read(target);
        }
        const auto there = fill();
        if (!there) {
            return std::unexpected(there.error());
        }
        const std::size_t count = std::min(there->size(), target.size());
        std::copy_n(there->data(), count, target.data());
        begin_ += count;
        return count;
    }

    /// The bytes in the buffer, which is filled from below when it is empty; no bytes at the end. Valid until the next
    /// call.
    [[nodiscard]] Result<std::span<const std::byte>> fill() {
        if (begin_ == end_) [[unlikely]] {
            return refill();
        }
        return buffer();
    }

    /// Removes the first `count` bytes from the buffer, as if they were read. The buffer must hold that many.
    void consume(std::size_t count) noexcept {
        assert(count <= end_ - begin_);
        begin_ += count;
    }

    /// Puts `bytes`, the last ones that were consumed, back in front of the bytes in the buffer. Allocates where they
    /// do not fit: the buffer keeps the larger size.
    void put_back(std::span<const std::byte> bytes) {
        const std::size_t held = end_ - begin_;
        if (bytes.size() > begin_) {
            const std::size_t all = bytes.size() + held;
            if (all > capacity_) {
                auto larger = std::make_unique_for_overwrite<std::byte[]>(all);
                std::copy_n(bytes_.get() + begin_, held, larger.get() + bytes.size());
                bytes_ = std::move(larger);
                capacity_ = all;
            } else {
                std::memmove(bytes_.get() + bytes.size(), bytes_.get() + begin_, held);
            }
            begin_ = bytes.size();
            end_ = all;
        }
        begin_ -= bytes.size();
        std::ranges::copy(bytes, bytes_.get() + begin_);
    }

    /// The next `count` bytes, without consuming them; fewer at the end, or where the buffer's capacity is less.
    [[nodiscard]] Result<std::span<const std::byte>> peek(std::size_t count) {
        count = std::min(count, capacity_);
        if (count > capacity_ - begin_) {
            std::copy(bytes_.get() + begin_, bytes_.get() + end_, bytes_.get());
            end_ -= std::exchange(begin_, 0);
        }
        while (end_ - begin_ < count) {
            const Result<std::size_t> more = reader_.read(std::span(bytes_.get() + end_, capacity_ - end_));
            if (more && *more == 0) {
                break;
            }
            if (more) {
                end_ += *more;
            } else if (more.error().kind() != Kind::Interrupted) {
                return std::unexpected(more.error());
            }
        }
        return std::span<const std::byte>(bytes_.get() + begin_, std::min(count, end_ - begin_));
    }

    /// Moves the position by `offset` bytes: inside the buffer when that holds them; else it seeks below, and the
    /// buffer is empty afterwards.
    [[nodiscard]] Result<void> seek_relative(std::int64_t offset)
        requires Seek<std::remove_reference_t<R>>
    {
        if (offset >= -static_cast<std::int64_t>(begin_) && offset <= static_cast<std::int64_t>(end_ - begin_)) {
            begin_ = static_cast<std::size_t>(static_cast<std::int64_t>(begin_) + offset);
            return {};
        }
        const auto moved = seek(SeekFrom::Current, offset);
        return moved ? Result<void>() : std::unexpected(moved.error());
    }

    /// Moves the position of this reader, and empties the buffer. The bytes in the buffer count as not yet read.
    [[nodiscard]] Result<std::uint64_t> seek(SeekFrom from, std::int64_t offset)
        requires Seek<std::remove_reference_t<R>>
    {
        if (const auto ahead = static_cast<std::int64_t>(end_ - begin_); from == SeekFrom::Current && ahead != 0) {
            // In two steps where the difference would overflow.
            if (offset < std::numeric_limits<std::int64_t>::min() + ahead) {
                if (const auto back = reader_.seek(SeekFrom::Current, -ahead); !back) {
                    return back;
                }
                begin_ = end_ = 0;
            } else {
                offset -= ahead;
            }
        }
        const auto moved = reader_.seek(from, offset);
        if (moved) {
            begin_ = end_ = 0;
        }
        return moved;
    }

    /// The position of this reader, counted from the start; the buffer stays. InvalidInput when the reader below was
    /// moved to a position that is less than the number of bytes in the buffer.
    [[nodiscard]] Result<std::uint64_t> stream_position()
        requires Seek<std::remove_reference_t<R>>
    {
        const auto below = reader_.seek(SeekFrom::Current, 0);
        if (below && *below < end_ - begin_) {
            return std::unexpected(Error("stream_position", Fault::InvalidInput));
        }
        return below ? Result<std::uint64_t>(*below - (end_ - begin_)) : below;
    }

    /// The bytes in the buffer.
    [[nodiscard]] std::span<const std::byte> buffer() const noexcept { return {bytes_.get() + begin_, end_ - begin_}; }

    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// The reader below. Its position is ahead of this one by the number of bytes in the buffer.
    [[nodiscard]] const std::remove_reference_t<R>& reader() const noexcept { return reader_; }
    [[nodiscard]] std::remove_reference_t<R>& reader() noexcept { return reader_; }

    /// The reader below. The bytes in the buffer are lost.
    [[nodiscard]] R into_reader() && { return std::forward<R>(reader_); }

private:
    /// Fills the buffer, which is empty.
    [[nodiscard, gnu::noinline]] Result<std::span<const std::byte>> refill() {
        for (;;) {
            const Result<std::size_t> count = reader_.read(std::span(bytes_.get(), capacity_));
            if (count) {
                assert(*count <= capacity_);
                begin_ = 0;
                end_ = *count;
                return buffer();
            }
            if (count.error().kind() != Kind::Interrupted) {
                return std::unexpected(count.error());
            }
        }
    }

    R reader_;
    std::size_t capacity_;
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

template <class R>
BufReader(R) -> BufReader<R>;
template <class R>
BufReader(R, std::size_t) -> BufReader<R>;

}  // namespace weld::io
