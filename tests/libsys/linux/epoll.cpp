// SPDX-License-Identifier: MIT
//
// epoll_wait: the events it returns, its timeout, and interruption by a signal.
#include <support/interruptions.hpp>
#include <support/words.hpp>

#include <weld/sys/linux/epoll.hpp>
#include <weld/sys/linux/eventfd.hpp>

#include <sys/epoll.h>
#include <unistd.h>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace sys = weld::sys;
using sys::EpollEvents;
using test::must;

namespace {

/// An epoll that watches an eventfd for reading.
struct Watched {
    sys::OwnedFd epoll = sys::OwnedFd(::epoll_create1(EPOLL_CLOEXEC));
    sys::OwnedFd counter = must(sys::eventfd(0, sys::EventfdFlags::CloseOnExec));

    Watched() {
        epoll_event wanted{.events = EPOLLIN, .data = {.fd = counter.borrow().raw()}};
        REQUIRE(::epoll_ctl(epoll.borrow().raw(), EPOLL_CTL_ADD, counter.borrow().raw(), &wanted) == 0);
    }
};

}  // namespace

TEST_CASE("epoll_wait returns the ready events with their data") {
    const Watched watched;
    std::array<sys::EpollEvent, 4> events{};
    CHECK(must(sys::epoll_wait(watched.epoll.borrow(), events, 0)) == 0);
    const std::uint64_t one = 1;
    REQUIRE(::write(watched.counter.borrow().raw(), &one, sizeof one) == sizeof one);
    CHECK(must(sys::epoll_wait(watched.epoll.borrow(), events, -1)) == 1);
    CHECK(events[0].found == std::to_underlying(EpollEvents::In));
    CHECK(static_cast<int>(events[0].data[0]) == watched.counter.borrow().raw());
}

TEST_CASE("epoll_wait returns an error without space for an event, and for a descriptor that is not an epoll") {
    const Watched watched;
    CHECK(test::errno_of(sys::epoll_wait(watched.epoll.borrow(), {}, 0)) == sys::Errno::Inval);
    std::array<sys::EpollEvent, 1> events{};
    CHECK(test::errno_of(sys::epoll_wait(watched.counter.borrow(), events, 0)) == sys::Errno::Inval);
}

TEST_CASE("an interrupted epoll_wait returns Intr") {
    const Watched watched;
    std::array<sys::EpollEvent, 1> events{};
    std::optional<sys::Errno> error;
    {
        const test::Interruptions interruptions;
        error = sys::epoll_wait(watched.epoll.borrow(), events, 10'000).error();
    }
    CHECK(error == sys::Errno::Intr);
}
