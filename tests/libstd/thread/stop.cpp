// SPDX-License-Identifier: MIT
//
// stop: waits that a std::stop_token cancels, and threads that are asked to stop.
#include <support/words.hpp>

#include <weld/thread.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace thread = weld::thread;
using namespace std::chrono_literals;
using test::kind_of;
using test::must;
using weld::Kind;
using weld::time::Instant;

static_assert(!std::is_copy_constructible_v<thread::StoppableJoinHandle<int>>);
static_assert(std::is_nothrow_move_constructible_v<thread::StoppableJoinHandle<int>>);

TEST_CASE("a stop request ends a sleep, also one made before the sleep") {
    std::stop_source source;
    auto sleeper = must(thread::spawn([&] { return thread::sleep(1h, source.get_token()); }));
    source.request_stop();
    const auto slept = std::move(sleeper).join();
    CHECK(kind_of(slept) == Kind::Cancelled);
    CHECK(std::string_view(slept.error().operation()) == "sleep");
    CHECK(kind_of(thread::sleep(1h, source.get_token())) == Kind::Cancelled);
    CHECK(kind_of(thread::sleep_until(Instant::min(), source.get_token())) == Kind::Cancelled);
}

TEST_CASE("a sleep without a stop request lasts its whole time", "[promise:2.28]") {
    const std::stop_source source;
    const Instant start = weld::time::now();
    must(thread::sleep(20ms, source.get_token()));
    must(thread::sleep_until(start + 40ms, std::stop_token()));
    CHECK(weld::time::elapsed(start) >= 40ms);
    must(thread::sleep(-1h, source.get_token()));
    must(thread::sleep_until(Instant::min(), std::stop_token()));
}

TEST_CASE("a park with a stop token takes a token and times out as one without") {
    const std::stop_source source;
    thread::current().unpark();
    must(thread::park(source.get_token()));
    thread::current().unpark();
    CHECK(must(thread::park_for(1h, source.get_token())));
    CHECK_FALSE(must(thread::park_for(1ms, source.get_token())));
    CHECK_FALSE(must(thread::park_until(Instant::min(), std::stop_token())));
}

TEST_CASE("a stop request ends a park, and leaves no token of its own") {
    std::stop_source source;
    auto parked = must(thread::spawn([&] {
        const auto first = thread::park(source.get_token());
        const auto again = thread::park_for(1h, source.get_token());
        return std::pair(first.error().kind(), again.error().kind());
    }));
    source.request_stop();
    CHECK((std::move(parked).join() == std::pair(Kind::Cancelled, Kind::Cancelled)));
    CHECK(kind_of(thread::park(source.get_token())) == Kind::Cancelled);
    CHECK_FALSE(must(thread::park_for(0ns)));
}

TEST_CASE("a concurrent stop and token end a park in any order, and leave no token") {
    const int rounds = test::is_slow ? 200 : 2000;
    int wrong = 0;
    for (int round = 0; round < rounds; ++round) {
        std::stop_source source;
        std::atomic<bool> go{false};
        auto parked = must(thread::spawn([&] {
            go = true;
            int tokens = 0;
            for (;;) {
                if (const auto token = thread::park(source.get_token()); !token) {
                    return token.error().kind() == Kind::Cancelled && tokens <= 1;
                }
                ++tokens;
            }
        }));
        const thread::Thread other = parked.thread();
        while (round % 2 == 0 && !go.load()) {
            thread::yield_now();
        }
        other.unpark();
        source.request_stop();
        wrong += std::move(parked).join() ? 0 : 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a park and a sleep in the destructor of a thread-local can be stopped") {
    struct Late {
        std::stop_token stop;
        std::atomic<int>* calls = nullptr;
        ~Late() {
            if (calls != nullptr) {
                const auto parked = thread::park_for(1h, stop);
                const auto slept = thread::sleep(1h, stop);
                const bool both = !parked.has_value() && !slept && parked.error().kind() == Kind::Cancelled &&
                                  slept.error().kind() == Kind::Cancelled;
                calls->fetch_add(both ? 1 : 100);
            }
        }
    };
    std::stop_source source;
    std::atomic<int> calls{0};
    auto handle = must(thread::spawn([&] {
        static thread_local Late before;  // made before the record that the second asks for, so destroyed after it
        static thread_local Late after;
        before.stop = after.stop = source.get_token();
        before.calls = after.calls = &calls;
    }));
    source.request_stop();
    std::move(handle).join();
    CHECK(calls.load() == 2);
}

TEST_CASE("a closure gets a stop token of its handle, and join passes on its result and exception") {
    auto sleeper = must(thread::spawn_stoppable(
        [](std::stop_token stop) { return thread::sleep(1h, stop) ? std::string("slept") : std::string("stopped"); }));
    CHECK_FALSE(sleeper.is_finished());
    CHECK(sleeper.request_stop());
    CHECK_FALSE(sleeper.request_stop());
    CHECK(std::move(sleeper).join() == "stopped");
    auto throwing = must(thread::spawn_stoppable([](const std::stop_token&) { throw std::runtime_error("thrown"); }));
    CHECK_THROWS_AS(std::move(throwing).join(), std::runtime_error);
    int variable = 1;
    auto referring = must(thread::spawn_stoppable([&](std::stop_token) -> int& { return variable; }));
    CHECK(&std::move(referring).join() == &variable);
}

TEST_CASE("a stoppable closure may be move-only and have options") {
    auto owner = std::make_unique<int>(5);
    auto handle = must(thread::spawn_stoppable(
        [owner = std::move(owner)](std::stop_token stop) {
            return std::pair(*owner, std::string(thread::current().name()) + (stop.stop_possible() ? "!" : "?"));
        },
        {.name = "stoppable"}));
    CHECK(handle.thread().name() == "stoppable");
    CHECK((std::move(handle).join() == std::pair(5, std::string("stoppable!"))));
    CHECK(kind_of(thread::spawn_stoppable([](std::stop_token) {}, {.name = std::string_view("a\0b", 3)})) ==
          Kind::InvalidInput);
}

TEST_CASE("a handle that is dropped or overwritten requests the stop and does not wait") {
    static std::atomic<int> stopped;
    static std::atomic<bool> go;
    stopped = 0;
    go = false;
    const auto closure = [](std::stop_token stop) {
        while (!go.load()) {
            thread::yield_now();  // a drop that waited would wait for ever
        }
        stopped += thread::sleep(1h, stop) ? 100 : 1;
    };
    {
        auto handle = must(thread::spawn_stoppable(closure));
        handle = must(thread::spawn_stoppable(closure));
        auto moved = std::move(handle);
        handle = std::move(moved);
    }
    CHECK(stopped.load() == 0);
    go = true;
    CHECK(test::eventually([] { return stopped.load() == 2; }));
}

TEST_CASE("other threads stop a thread by its stop_source, also during its join") {
    auto sleeper = must(thread::spawn_stoppable([](std::stop_token stop) { return thread::park(stop); }));
    auto stopper = must(thread::spawn([source = sleeper.stop_source()]() mutable { return source.request_stop(); }));
    CHECK(kind_of(std::move(sleeper).join()) == Kind::Cancelled);
    CHECK(std::move(stopper).join());
}

TEST_CASE("join requests no stop") {
    auto handle = must(thread::spawn_stoppable([](std::stop_token stop) {
        for (int turn = 0; turn < 1000; ++turn) {
            thread::yield_now();
        }
        return stop.stop_requested();
    }));
    CHECK_FALSE(std::move(handle).join());
}

TEST_CASE("a stop_source in the body of a scope stops its threads") {
    int cancelled = 0;
    thread::scope([&](thread::Scope& scope) {
        std::stop_source source;
        auto handle = must(scope.spawn([stop = source.get_token()] { return thread::sleep(1h, stop); }));
        source.request_stop();
        cancelled += kind_of(std::move(handle).join()) == Kind::Cancelled ? 1 : 0;
    });
    CHECK(cancelled == 1);
}
