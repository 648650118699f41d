// SPDX-License-Identifier: MIT
//
// Threads as Rust's own tests use them, by the names of those; others are in tests/conformance.
#include <support/words.hpp>

#include <weld/sync/mpsc.hpp>
#include <weld/thread.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace thread = weld::thread;
namespace mpsc = weld::sync::mpsc;
using test::must;

TEST_CASE("a thread sends and its spawner receives", "[rust:test_run_basic]") {
    auto [sender, receiver] = mpsc::channel<int>();
    (void)must(thread::spawn([out = std::move(sender)] { (void)out.send(5).has_value(); }));
    CHECK(receiver.recv().value() == 5);
}

namespace {

/// Starts a thread that starts another, `depth` deep; the last one sends.
void start_chain(int depth, mpsc::Sender<int> out) {
    (void)must(thread::spawn([depth, out = std::move(out)]() mutable {
        if (depth == 0) {
            (void)out.send(0).has_value();
        } else {
            start_chain(depth - 1, std::move(out));
        }
    }));
}

}  // namespace

TEST_CASE("a chain of threads, each started by the one before", "[rust:test_spawn_sched]") {
    auto [sender, receiver] = mpsc::channel<int>();
    start_chain(10, std::move(sender));
    CHECK(receiver.recv().value() == 0);
    CHECK_FALSE(receiver.recv().has_value());  // all of the chain have let go
}

TEST_CASE("a thread of a thread sends", "[rust:test_spawn_sched_childs_on_default_sched]") {
    auto [sender, receiver] = mpsc::channel<int>();
    start_chain(1, std::move(sender));
    CHECK(receiver.recv().value() == 0);
}

namespace {

/// Whether what `start` runs in a thread sees the heap object of its closure where the spawner made it.
template <class Start>
bool is_same_place(Start start) {
    auto [sender, receiver] = mpsc::channel<const int*>();
    auto owner = std::make_unique<int>(1);
    const int* const place = owner.get();
    start([out = std::move(sender), owned = std::move(owner)] { (void)out.send(owned.get()).has_value(); });
    return receiver.recv().value() == place;
}

}  // namespace

TEST_CASE("a closure is moved to its thread", "[rust:test_avoid_copying_the_body_spawn]") {
    CHECK(is_same_place([](auto body) { (void)must(thread::spawn(std::move(body))); }));
}

TEST_CASE("a closure is moved to a thread of a thread", "[rust:test_avoid_copying_the_body_thread_spawn]") {
    CHECK(is_same_place([](auto body) {
        (void)must(thread::spawn([body = std::move(body)]() mutable { (void)must(thread::spawn(std::move(body))); }));
    }));
}

TEST_CASE("a closure is moved to a thread that is joined", "[rust:test_avoid_copying_the_body_join]") {
    CHECK(is_same_place([](auto body) { must(thread::spawn(std::move(body))).join(); }));
}

namespace {

constexpr int generations = 16;

/// Sends its number, its child started and not waited for.
void live(int generation, mpsc::Sender<int> out) {
    if (generation < generations) {
        (void)must(thread::spawn([generation, out] { live(generation + 1, out); }));
    }
    (void)out.send(generation).has_value();
}

}  // namespace

TEST_CASE("sixteen generations of threads run without waiting for their children",
          "[rust:test_child_doesnt_ref_parent]") {
    auto [sender, receiver] = mpsc::channel<int>();
    live(0, std::move(sender));
    int sum = 0;
    while (const auto generation = receiver.recv()) {
        sum += *generation;
    }
    CHECK(sum == generations * (generations + 1) / 2);
}

TEST_CASE("a thread that does nothing", "[rust:test_simple_newsched_spawn]") {
    must(thread::spawn([] {})).join();
}

TEST_CASE("a result that no one takes is destroyed before its scope ends",
          "[rust:test_scoped_threads_drop_result_before_join]") {
    struct Result {
        std::atomic<bool>* ended;
        explicit Result(std::atomic<bool>& target) : ended(&target) {}
        Result(Result&& other) noexcept : ended(std::exchange(other.ended, nullptr)) {}
        ~Result() {
            if (ended != nullptr) {
                for (int turn = 0; turn < 1000; ++turn) {
                    thread::yield_now();
                }
                ended->store(true);
            }
        }
    };
    std::atomic<bool> ended{false};
    thread::scope([&](thread::Scope& scope) { (void)must(scope.spawn([&] { return Result(ended); })); });
    CHECK(ended.load());
    ended = false;
    thread::scope([&](thread::Scope& scope) {
        const auto kept = must(scope.spawn([&] { return Result(ended); }));
        while (!kept.is_finished()) {
            thread::yield_now();
        }
        CHECK_FALSE(ended.load());
    });
    CHECK(ended.load());
}

TEST_CASE("a scope ends at once with its last thread, and nothing is touched after", "[rust:scope_join_race]") {
    for (int round = 0; round < 100; ++round) {
        std::atomic<int> ran{0};
        thread::scope([&](thread::Scope& scope) {
            for (int number = 0; number < 20; ++number) {
                (void)must(scope.spawn([&] { ran.fetch_add(1, std::memory_order_relaxed); }));
            }
        });
        CHECK(ran.load(std::memory_order_relaxed) == 20);
    }
}
