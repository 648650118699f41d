// SPDX-License-Identifier: MIT
//
// The tests of green-rs's tasks and of its basic loop; a tag has the name of each test there. The tests of its
// scheduler are in green_rs.cpp.
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

TEST_CASE("a task runs without being joined", "[green_rs:task.smoke]") {
    std::atomic<int> message{0};
    auto pool = pool_of(1);
    (void)must(pool.spawn([&] { message = 1; }));
    CHECK(test::eventually([&] { return message == 1; }));
}

GREEN_TEST("a task that throws drops its sender, and join rethrows", "[green_rs:task.smoke_fail]") {
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

TEST_CASE("a task has the name and the stack size of its options", "[green_rs:task.smoke_opts][rust2014:smoke_opts]") {
    const auto pool = pool_of(1);
    auto task = must(
        pool.spawn([] { return std::string(thread::current().name()); }, {.name = "test", .stack_size = 20 * 4096}));
    CHECK(task.thread().stack_size() >= 19 * 4096);
    CHECK(std::move(task).join() == "test");
}

TEST_CASE("on_uncaught gets the exception of a detached task, and join that of a joined one",
          "[green_rs:task.smoke_opts_fail][rust2014:smoke_opts_fail]") {
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

GREEN_TEST("a task that yields ten times sends its message", "[green_rs:task.yield_test][rust2014:yield_test]") {
    auto [sender, receiver] = channel<int>();
    spawn([to = std::move(sender)] {
        for (int i = 0; i < 10; ++i) {
            thread::yield_now();
        }
        to.send(1);
    });
    CHECK(receiver->receive() == 1);
}

GREEN_TEST("a message passes up three generations of tasks",
           "[green_rs:task.spawn_children][rust2014:spawn_children]") {
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

TEST_CASE("a task that a task spawns is a task of the same runtime",
          "[green_rs:task.spawn_inherits][rust2014:spawn_inherits]") {  // L18
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

TEST_CASE("a pool with one empty task shuts down", "[green_rs:basic.smoke]") {
    auto pool = pool_of(1);
    (void)must(pool.spawn([] {}));
    std::move(pool).shutdown();
    SUCCEED();
}

TEST_CASE("a channel passes a value from a child to its parent on one worker", "[green_rs:basic.some_channels]") {
    auto pool = pool_of(1);
    auto parent = must(pool.spawn([] {
        auto [sender, receiver] = channel<int>();
        spawn([to = std::move(sender)] { to.send(7); });
        return receiver->receive().value_or(0);
    }));
    CHECK(std::move(parent).join() == 7);
}

TEST_CASE("channels pass values between twenty pairs of tasks on two workers", "[green_rs:basic.multi_thread]") {
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
