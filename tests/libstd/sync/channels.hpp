// SPDX-License-Identifier: MIT
//
// channels: the kinds of channel, for tests that hold of each; and what threads that use them are written in.
#pragma once

#include <support/words.hpp>

#include <weld/sync/mpmc.hpp>
#include <weld/sync/mpsc.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <ostream>
#include <utility>

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wshadow"  // of a lambda that takes over an end under its name
#endif

namespace weld::sync {

/// For Catch2's reports.
inline std::ostream& operator<<(std::ostream& out, ChannelError error) { return out << message(error); }

}  // namespace weld::sync

namespace test {

/// Kinds of channel: whether its messages are bounded, and whether many may receive.
struct Mpsc {
    static constexpr bool is_bounded = false;
    static constexpr bool many = false;
};
struct MpscSync {
    static constexpr bool is_bounded = true;
    static constexpr bool many = false;
};
struct Mpmc {
    static constexpr bool is_bounded = false;
    static constexpr bool many = true;
};
struct MpmcSync {
    static constexpr bool is_bounded = true;
    static constexpr bool many = true;
};

/// A new channel of the kind, for `bound` messages where it is bounded.
template <class T, class Kind>
auto channel(Kind, [[maybe_unused]] std::size_t bound) {
    if constexpr (Kind::many && Kind::is_bounded) {
        return weld::sync::mpmc::sync_channel<T>(bound);
    } else if constexpr (Kind::many) {
        return weld::sync::mpmc::channel<T>();
    } else if constexpr (Kind::is_bounded) {
        return weld::sync::mpsc::sync_channel<T>(bound);
    } else {
        return weld::sync::mpsc::channel<T>();
    }
}

/// Runs `body(kind)` for each kind.
template <class Body>
void in_each_kind(Body body) {
    body(Mpsc());
    body(MpscSync());
    body(Mpmc());
    body(MpmcSync());
}

/// The bounds that are tried: no message, one, the size of a block and one more, many; none for an unbounded kind.
template <class Kind, class Body>
void with_each_bound(Kind, Body body) {
    if constexpr (Kind::is_bounded) {
        for (const std::size_t bound : {0UZ, 1UZ, 2UZ, 31UZ, 32UZ, 1000UZ}) {
            body(bound);
        }
    } else {
        body(std::size_t{0});
    }
}

/// Ends the life of `end`, which is moved into it.
template <class End>
void drop(End end) {
    [[maybe_unused]] const End gone = std::move(end);
}

/// Why nothing was sent; none if it was.
template <class T>
std::optional<weld::sync::ChannelError> why(const weld::sync::SendResult<T>& result) {
    return result ? std::nullopt : std::optional(result.error().why);
}

/// Why nothing was received; none if it was.
template <class T>
std::optional<weld::sync::ChannelError> why(const weld::sync::RecvResult<T>& result) {
    return result ? std::nullopt : std::optional(result.error());
}

/// Starts a thread that is to be joined for what it returns.
template <class Body>
auto spawn(Body body) {
    return must(weld::thread::spawn(std::move(body)));
}

/// Time for another thread to fall asleep: what follows holds anyway, but more often on the path that wakes.
inline void let_it_sleep() { weld::thread::sleep(std::chrono::milliseconds(2)); }

/// Rounds of a stress: a tenth where all is slow.
inline int rounds(int usual) { return is_slow ? std::max(usual / 10, 1) : usual; }

}  // namespace test
