// SPDX-License-Identifier: MIT
//
// A line on standard error names tasks that join each other in a circle, and no other joins.
#include <libgreen/said.hpp>
#include <support/green.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using green::Pool;
using test::must;
using test::said_until;
namespace thread = green::thread;

namespace {

using Handle = thread::JoinHandle<void>;

/// Tasks that join in a circle: each joins the next one, and the last one the first.
struct Circle {
    std::vector<std::optional<Handle>> handles;
    std::atomic<bool> begin{false};

    template <class Spawn>
    Circle(std::size_t count, Spawn spawn) : handles(count) {
        for (std::size_t i = 0; i < count; ++i) {
            handles[i] = must(spawn(
                [this, i] {
                    while (!begin) {
                        thread::yield_now();
                    }
                    std::move(*handles[(i + 1) % handles.size()]).join();
                },
                std::string(1, static_cast<char>('a' + i))));
        }
        begin = true;
    }
};

const auto spawn_task = [](auto function, const std::string& name) {
    return thread::spawn(std::move(function), {.name = name});
};

}  // namespace

TEST_CASE("a line names two tasks that join each other") {
    for (const std::size_t workers : {std::size_t{1}, std::size_t{4}}) {
        const auto said = said_until("go on: ", [&] {
            (void)green::run({.workers = workers}, [] {
                Circle two(2, spawn_task);
                thread::park();
            });
        });
        INFO(said);
        const std::string begin = "green: these tasks join each other and can never go on: ";
        CHECK(
            (said == begin + "'a' joins 'b', which joins 'a'\n" || said == begin + "'b' joins 'a', which joins 'b'\n"));
    }
}

TEST_CASE("a line names three tasks that join in a circle, also without a monitor") {
    const auto said = said_until("go on: ", [] {
        (void)green::run({.workers = 1, .spare_carriers = 0}, [] {
            Circle three(3, spawn_task);
            thread::park();
        });
    });
    INFO(said);
    CHECK(said.find("joins 'b'") != std::string::npos);
    CHECK(said.find("joins 'c'") != std::string::npos);
    CHECK(said.find("joins 'a'") != std::string::npos);
}

TEST_CASE("a line names a child that joins its parent while the parent joins it") {
    const auto said = said_until("go on: ", [] {
        (void)green::run({.workers = 1}, [] {
            // The outer task joins its own child, which is usual; the child joins its parent, which is not.
            auto outer = std::make_shared<std::optional<Handle>>();
            *outer = must(thread::spawn(
                [outer] {
                    auto inner = must(thread::spawn([outer] { std::move(**outer).join(); }, {.name = "inner"}));
                    std::move(inner).join();
                },
                {.name = "outer"}));
            thread::park();
        });
    });
    INFO(said);
    CHECK(said ==
          "green: these tasks join each other and can never go on: 'inner' joins 'outer', which joins 'inner'\n");
}

TEST_CASE("a line names tasks of two pools that join each other") {
    const auto said = said_until("go on: ", [] {
        const std::array<Pool, 2> pools{test::pool_of(1), test::pool_of(1)};
        std::size_t next = 0;
        const Circle two(2, [&](auto function, const std::string& name) {
            return pools[next++].spawn(std::move(function), {.name = name});
        });
        std::this_thread::sleep_for(19s);
    });
    INFO(said);
    CHECK(said.find("joins 'b'") != std::string::npos);
    CHECK(said.find("joins 'a'") != std::string::npos);
}

TEST_CASE("joins that form no circle are not reported, however many and however long") {
    constexpr std::size_t count = test::is_slow ? 100 : 2'000;
    const auto said = said_until("end of test", [] {
        (void)green::run({.workers = 2, .stack_size = 64 << 10}, [] {
            // A chain in which each task joins the one before it, and as many tasks that all join the last one.
            std::vector<std::optional<Handle>> chain(count);
            chain[0] = must(thread::spawn([] { (void)thread::sleep(1500ms); }));
            for (std::size_t i = 1; i < count; ++i) {
                chain[i] = must(thread::spawn([&chain, i] { std::move(*chain[i - 1]).join(); }));
            }
            std::move(*chain[count - 1]).join();
        });
    });
    CHECK(said == "end of test");
}
