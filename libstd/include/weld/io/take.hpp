// SPDX-License-Identifier: MIT
//
// Take: a reader that ends after a given number of bytes of another.
#pragma once

#include <weld/io.hpp>
#include <weld/io/lines.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace weld::io {

template <Reader R>
class Take {
public:
    /// Reads the first `limit` bytes of `reader`, which it owns; `Take<const File&>` borrows one.
    explicit Take(R reader, std::uint64_t limit) : reader_(std::forward<R>(reader)), limit_(limit) {}

    /// At the limit it does not call the reader below.
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> target) {
        if (limit_ == 0) {
            return std::size_t{0};
        }
        const Result<std::size_t> count =
            reader_.read(target.first(static_cast<std::size_t>(std::min<std::uint64_t>(target.size(), limit_))));
        assert(count.value_or(0) <= limit_);
        limit_ -= count.value_or(0);
        return count;
    }

    [[nodiscard]] Result<std::span<const std::byte>> fill()
        requires BufferedReader<std::remove_reference_t<R>>
    {
        if (limit_ == 0) {
            return std::span<const std::byte>();
        }
        Result<std::span<const std::byte>> filled = reader_.fill();
        if (filled) {
            *filled = filled->first(static_cast<std::size_t>(std::min<std::uint64_t>(filled->size(), limit_)));
        }
        return filled;
    }

    void consume(std::size_t count) noexcept
        requires BufferedReader<std::remove_reference_t<R>>
    {
        assert(count <= limit_);
        reader_.consume(count);
        limit_ -= count;
    }

    /// Puts `bytes`, the last ones that were consumed, back.
    void put_back(std::span<const std::byte> bytes)
        requires TakesBack<std::remove_reference_t<R>>
    {
        reader_.put_back(bytes);
        limit_ += bytes.size();
    }

    /// The number of bytes that are left.
    [[nodiscard]] std::uint64_t limit() const noexcept { return limit_; }
    void set_limit(std::uint64_t limit) noexcept { limit_ = limit; }

    [[nodiscard]] const std::remove_reference_t<R>& reader() const noexcept { return reader_; }
    [[nodiscard]] std::remove_reference_t<R>& reader() noexcept { return reader_; }
    [[nodiscard]] R into_reader() && { return std::forward<R>(reader_); }

private:
    R reader_;
    std::uint64_t limit_;
};

template <class R>
Take(R, std::uint64_t) -> Take<R>;

}  // namespace weld::io
