// SPDX-License-Identifier: MIT
//
// Cursor: bytes in memory as a reader, a buffered reader, a writer, with a position.
//
// Over a span it reads, and writes over what is there; over a std::string or std::vector<std::byte> it also grows them.
// One thread at a time.
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

/// What holds bytes in one piece.
template <class T>
concept Bytes = requires(T& bytes) {
    std::as_bytes(std::span(bytes.data(), bytes.size()));
    requires sizeof(*bytes.data()) == 1;
};

template <Bytes T>
class Cursor {
public:
    /// Over `bytes`, which it owns; `Cursor<std::string&>` refers to some.
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

    /// Puts `bytes`, which were consumed last, back: the position is before them again.
    void put_back(std::span<const std::byte> bytes) noexcept {
        assert(bytes.size() <= position_);
        position_ -= bytes.size();
    }

    /// Over what is there, and behind it where that can grow (a gap before the position becomes zeros); else zero
    /// bytes. OutOfMemory, or what growing throws.
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

    /// Moves the position by `offset` bytes from `from`, also behind the end, and returns it. InvalidInput when that is
    /// before the start.
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

    /// From the position to the end.
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
