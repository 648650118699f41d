// SPDX-License-Identifier: MIT
//
// Cursor: bytes in memory as a reader, a buffered reader and a writer, with a position.
//
// Over a span it reads, and overwrites existing bytes; a std::string or std::vector<std::byte> it also extends. One
// thread at a time may use it.
#pragma once

#include <weld/io.hpp>
#include <weld/io/seek.hpp>

#include <algorithm>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

namespace weld::io {

/// A container whose elements are bytes in contiguous memory.
template <class T>
concept Bytes = requires(T& bytes) {
    std::as_bytes(std::span(bytes.data(), bytes.size()));
    requires sizeof(*bytes.data()) == 1;
};

template <Bytes T>
class Cursor {
public:
    /// Uses `bytes`, which it owns; `Cursor<std::string&>` borrows them.
    explicit Cursor(T bytes) noexcept(std::is_nothrow_move_constructible_v<T>) : bytes_(std::forward<T>(bytes)) {}

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> target) noexcept {
        const auto rest = this->rest();
        const std::size_t count = std::min(rest.size(), target.size());
        std::copy_n(rest.data(), count, target.data());
        position_ += count;
        return count;
    }

    [[nodiscard]] Result<std::span<const std::byte>> fill() noexcept { return rest(); }

    void consume(std::size_t count) noexcept {
        assert(count <= rest().size());
        position_ += count;
    }

    /// Puts `bytes`, the last ones that were consumed, back: the position moves to before them.
    void put_back(std::span<const std::byte> bytes) noexcept {
        assert(bytes.size() <= position_);
        position_ -= bytes.size();
    }

    /// Overwrites bytes from the position, and extends the container where it can grow (a gap before the position
    /// becomes zeros). At the end of one that cannot grow it writes zero bytes. OutOfMemory when the size is out of
    /// range; an exception of `resize` goes through.
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> source)
        requires(!std::is_const_v<std::remove_reference_t<decltype(*std::declval<T&>().data())>>)
    {
        if constexpr (requires { bytes_.resize(std::size_t{}); }) {
            if (position_ > bytes_.max_size() || source.size() > bytes_.max_size() - position_) {
                return std::unexpected(Error("write", Fault::OutOfMemory));
            }
            if (bytes_.size() < position_ + source.size() && !source.empty()) {
                bytes_.resize(static_cast<std::size_t>(position_) + source.size());
            }
        }
        const std::size_t room = position_ < bytes_.size() ? bytes_.size() - static_cast<std::size_t>(position_) : 0;
        const std::size_t count = std::min(room, source.size());
        if (count != 0) {
            std::memcpy(bytes_.data() + position_, source.data(), count);
        }
        position_ += count;
        return count;
    }

    /// Moves the position by `offset` bytes from `from` and returns it; it may be past the end. InvalidInput when it
    /// would be before the start.
    [[nodiscard]] Result<std::uint64_t> seek(SeekFrom from, std::int64_t offset) noexcept {
        const std::uint64_t base = from == SeekFrom::Start ? 0 : from == SeekFrom::Current ? position_ : bytes_.size();
        const std::uint64_t distance =
            offset < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(offset) : static_cast<std::uint64_t>(offset);
        if (offset < 0 ? distance > base : distance > ~std::uint64_t{0} - base) {
            return std::unexpected(Error("seek", Fault::InvalidInput));
        }
        return position_ = offset < 0 ? base - distance : base + distance;
    }

    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
    void set_position(std::uint64_t position) noexcept { position_ = position; }

    /// The bytes from the position to the end.
    [[nodiscard]] std::span<const std::byte> rest() const noexcept {
        const auto all = std::as_bytes(std::span(bytes_.data(), bytes_.size()));
        return all.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(position_, all.size())));
    }

    [[nodiscard]] const std::remove_reference_t<T>& bytes() const noexcept { return bytes_; }
    [[nodiscard]] T into_bytes() && { return std::forward<T>(bytes_); }

private:
    T bytes_;
    std::uint64_t position_ = 0;
};

template <class T>
Cursor(T) -> Cursor<T>;

}  // namespace weld::io
