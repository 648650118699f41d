// SPDX-License-Identifier: MIT
//
// Chain: one reader after another.
#pragma once

#include <weld/io.hpp>
#include <weld/io/lines.hpp>

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace weld::io {

template <Reader First, Reader Second>
class Chain {
public:
    /// Reads `first` to its end, then `second`; it owns them, unless they are references.
    Chain(First first, Second second) : first_(std::forward<First>(first)), second_(std::forward<Second>(second)) {}

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> target) {
        if (!first_ended_) {
            const Result<std::size_t> count = first_.read(target);
            if (!count || *count != 0 || target.empty()) {
                return count;
            }
            first_ended_ = true;
        }
        return second_.read(target);
    }

    [[nodiscard]] Result<std::span<const std::byte>> fill()
        requires BufferedReader<std::remove_reference_t<First>> && BufferedReader<std::remove_reference_t<Second>>
    {
        if (!first_ended_) {
            const Result<std::span<const std::byte>> filled = first_.fill();
            if (!filled || !filled->empty()) {
                return filled;
            }
            first_ended_ = true;
        }
        return second_.fill();
    }

    void consume(std::size_t count) noexcept
        requires BufferedReader<std::remove_reference_t<First>> && BufferedReader<std::remove_reference_t<Second>>
    {
        if (first_ended_) {
            second_.consume(count);
        } else {
            first_.consume(count);
        }
    }

    /// Puts `bytes`, the last ones that were consumed, back. Where `second` is being read, bytes of the first reader go
    /// into the second, which returns them next.
    void put_back(std::span<const std::byte> bytes)
        requires TakesBack<std::remove_reference_t<First>> && TakesBack<std::remove_reference_t<Second>>
    {
        if (first_ended_) {
            second_.put_back(bytes);
        } else {
            first_.put_back(bytes);
        }
    }

    [[nodiscard]] std::pair<First, Second> into_readers() && {
        return {std::forward<First>(first_), std::forward<Second>(second_)};
    }

private:
    First first_;
    Second second_;
    bool first_ended_ = false;
};

template <class First, class Second>
Chain(First, Second) -> Chain<First, Second>;

}  // namespace weld::io
