// SPDX-License-Identifier: MIT
//
// The tests of green-rs's tasks and of its basic loop, by their names there, as green_rs.cpp has those of its
// scheduler.
#include <support/channel.hpp>
#include <support/green.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

using green::Pool;
using test::channel;
using test::must;
using test::pool_of;
using test::spawn;
namespace thread = green::thread;

TEST_CASE("task: smoke") {
    std::atomic<int> message{0};
    auto pool = pool_of(1);
    (void)must(pool.spawn([&] { message = 1; }));
    CHECK(test::eventually([&] { return message == 1; }));
}

GREEN_TEST("task: smoke_fail") {
    auto [sender, receiver] = channel<int>();
    auto fails = must(thread::spawn([to = std::move(sender)] { throw std::runtime_error("fails"); }));
    const bool is_gone = !receiver->receive();
    bool thrown = false;
    try {
        std::move(fails).join();
    } catch (const std::runtime_error&) {
        thrown = true;
    }
    CHECK(is_gone);
    CHECK(thrown);
}

TEST_CASE("task: smoke_opts") {
    const auto pool = pool_of(1);
    auto task = must(
        pool.spawn([] { return std::string(thread::current().name()); }, {.name = "test", .stack_size = 20 * 4096}));
    CHECK(task.thread().stack_size() >= 19 * 4096);
    CHECK(std::move(task).join() == "test");
}

TEST_CASE("task: smoke_opts_fail") {
    static std::atomic<int> uncaught{0};
    uncaught = 0;
    auto pool =
        must(Pool::start({.workers = 1, .on_uncaught = [](std::string_view name, std::exception_ptr failure) noexcept {
                              try {
                                  std::rethrow_exception(failure);
                              } catch (const std::runtime_error& error) {
                                  uncaught += name == "fails" && std::string_view(error.what()) == "thrown" ? 1 : 100;
                              }
                          }}));
    (void)must(pool.spawn([] { throw std::runtime_error("thrown"); }, {.name = "fails"}));
    auto joined = must(pool.spawn([] { throw std::runtime_error("joined"); }));
    CHECK_THROWS_AS(std::move(joined).join(), std::runtime_error);
    std::move(pool).shutdown();
    CHECK(uncaught == 1);
}

GREEN_TEST("task: yield_test") {
    auto [sender, receiver] = channel<int>();
    spawn([to = std::move(sender)] {
        for (int i = 0; i < 10; ++i) {
            thread::yield_now();
        }
        to.send(1);
    });
    CHECK(receiver->receive() == 1);
}

GREEN_TEST("task: spawn_children") {
    auto [first, at_first] = channel<int>();
    spawn([to_first = std::move(first)] {
        auto [second, at_second] = channel<int>();
        spawn([to_second = std::move(second)] {
            auto [third, at_third] = channel<int>();
            spawn([to_third = std::move(third)] { to_third.send(1); });
            to_second.send(at_third->receive().value_or(0));
        });
        to_first.send(at_second->receive().value_or(0));
    });
    CHECK(at_first->receive() == 1);
}

TEST_CASE("task: spawn_inherits") {  // L18
    auto pool = pool_of(1);
    std::atomic<bool> is_task{false};
    (void)must(pool.spawn([&] {
        spawn([&] {
            thread::yield_now();  // would end the process outside a task
            is_task = true;
        });
    }));
    std::move(pool).shutdown();  // waits for the child too
    CHECK(is_task);
}

TEST_CASE("basic: smoke") {
    auto pool = pool_of(1);
    (void)must(pool.spawn([] {}));
    std::move(pool).shutdown();
    SUCCEED();
}

TEST_CASE("basic: some_channels") {
    auto pool = pool_of(1);
    auto parent = must(pool.spawn([] {
        auto [sender, receiver] = channel<int>();
        spawn([to = std::move(sender)] { to.send(7); });
        return receiver->receive().value_or(0);
    }));
    CHECK(std::move(parent).join() == 7);
}

TEST_CASE("basic: multi_thread") {
    std::atomic<int> received{0};
    auto pool = pool_of(2);
    for (int i = 0; i < 20; ++i) {
        (void)must(pool.spawn([&] {
            auto [sender, receiver] = channel<int>();
            spawn([to = std::move(sender)] { to.send(1); });
            received += receiver->receive().value_or(0);
        }));
    }
    std::move(pool).shutdown();
    CHECK(received == 20);
}
