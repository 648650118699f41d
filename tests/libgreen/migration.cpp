// SPDX-License-Identifier: MIT
//
// Migration: on another native thread a task still has what belongs to it: its exceptions, its name, its waits.
//
// The moves are forced, and the program fails if there is none. It has its own main and needs only green, so that
// migration.py can build it, and the library with it, in many ways: whether a compiler keeps the address of something
// thread-local across a call depends on what it sees of the call.
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <weld/native/parker.hpp>
#include <weld/native/thread.hpp>
#include <weld/time.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
namespace thread = green::thread;

namespace {

std::atomic<int> complaints{0};
std::atomic<int> moves{0};

void check(bool right, const char* what, int line) {
    if (!right) {
        ++complaints;
        std::fprintf(stderr, "migration.cpp:%d: not so: %s\n", line, what);
    }
}

#define CHECK(...) check(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, __LINE__)

template <class T>
T must(weld::Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "migration.cpp: %s\n", result.error().message().c_str());
        std::abort();
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}

/// Moves the calling task to another native thread. A second task keeps this thread meanwhile, so the other worker,
/// which is idle, has to steal this task; if it has stolen the second task instead, all begins anew. Two tasks that did
/// this at the same time would keep both workers, so the others sleep.
void migrate() {
    static constinit std::atomic<bool> somebody_moves{false};
    while (somebody_moves.exchange(true, std::memory_order_acquire)) {
        must(thread::sleep(20us));
    }
    const std::uint64_t here = weld::native::current_thread_id();
    bool elsewhere = false;
    for (int tries = 0; tries < 10'000 && !elsewhere; ++tries) {
        const auto moved = std::make_shared<weld::native::Parker>();
        (void)must(thread::spawn([here, moved] {
            if (weld::native::current_thread_id() == here) {
                (void)moved->park_until(weld::time::deadline_after(5ms));
            }
        }));
        thread::yield_now();
        moved->unpark();
        elsewhere = weld::native::current_thread_id() != here;
    }
    moves.fetch_add(elsewhere ? 1 : 0, std::memory_order_relaxed);
    somebody_moves.store(false, std::memory_order_release);
    CHECK(elsewhere);
}

void rethrows_what_was_caught(int number) {
    try {
        throw std::runtime_error(std::to_string(number));
    } catch (const std::runtime_error& caught) {
        const std::exception_ptr before = std::current_exception();
        migrate();
        CHECK(std::current_exception() == before);
        CHECK(caught.what() == std::to_string(number));
        try {
            migrate();
            throw;
        } catch (const std::exception& again) {
            CHECK(&again == &caught);
            migrate();
        }
        CHECK(std::current_exception() == before);
    }
    CHECK(std::current_exception() == nullptr);
    CHECK(std::uncaught_exceptions() == 0);
}

void nests(int number) {
    try {
        throw number;
    } catch (int outer) {
        migrate();
        try {
            throw static_cast<long>(number + 1);
        } catch (long inner) {
            migrate();
            try {
                throw number + 2;
            } catch (int innermost) {
                migrate();
                CHECK(innermost == number + 2);
            }
            try {
                throw;
            } catch (long again) {
                migrate();
                CHECK(inner == number + 1);
                CHECK(again == inner);
            }
        }
        try {
            throw;
        } catch (int again) {
            CHECK(outer == number);
            CHECK(again == outer);
        }
    }
    CHECK(std::current_exception() == nullptr);
}

/// Moves in its destructor, and records how many exceptions were in flight before and after.
class MovesAtEnd {
public:
    explicit MovesAtEnd(int expected) : expected_(expected) {}
    MovesAtEnd(const MovesAtEnd&) = delete;
    MovesAtEnd& operator=(const MovesAtEnd&) = delete;
    ~MovesAtEnd() {
        CHECK(std::uncaught_exceptions() == expected_);
        migrate();
        CHECK(std::uncaught_exceptions() == expected_);
        try {
            const MovesInside inside(expected_ + 1);
            throw 1;
        } catch (int one) {
            migrate();
            CHECK(one == 1);
            CHECK(std::uncaught_exceptions() == expected_);
        }
        CHECK(std::uncaught_exceptions() == expected_);
    }

private:
    struct MovesInside {
        explicit MovesInside(int inner) : expected(inner) {}
        MovesInside(const MovesInside&) = delete;
        MovesInside& operator=(const MovesInside&) = delete;
        ~MovesInside() {
            migrate();
            CHECK(std::uncaught_exceptions() == expected);
        }
        int expected;
    };

    int expected_;
};

void unwinds(int number) {
    {
        const MovesAtEnd without(0);
    }
    try {
        const MovesAtEnd outer(1);
        const MovesAtEnd inner(1);
        throw number;
    } catch (int caught) {
        CHECK(caught == number);
        CHECK(std::uncaught_exceptions() == 0);
    }
}

/// All in one function, so that an address that the compiler keeps across a move is used after it.
void asks_the_library(int number) {
    const thread::Thread self = thread::current();
    const thread::ThreadId id = self.id();
    const std::string name(self.name());
    for (int round = 0; round < 2; ++round) {
        CHECK(thread::current().id() == id);
        migrate();
        CHECK(thread::current().id() == id);
        CHECK(thread::current().name() == name);
        self.unpark();
        thread::park();
        migrate();
        thread::yield_now();
        CHECK(thread::current().id() == id);
        migrate();
        auto waker = must(thread::spawn([self] { self.unpark(); }));
        thread::park();
        CHECK(thread::current().id() == id);
        migrate();
        CHECK(!must(thread::park_for(1us)));
        migrate();
        must(thread::sleep(1us));
        migrate();
        std::move(waker).join();
        auto child = must(thread::spawn(
            [id, number] {
                migrate();
                return thread::current().id() != id ? number : -1;
            },
            {.name = "child"}));
        migrate();
        CHECK(std::move(child).join() == number);
        CHECK(thread::current().id() == id);
    }
}

void joins_what_was_thrown(int number) {
    auto throws = must(thread::spawn([number]() -> int {
        migrate();
        throw number;
    }));
    int caught = 0;
    try {
        migrate();
        (void)std::move(throws).join();
    } catch (int thrown) {
        migrate();
        caught = thrown;
    }
    CHECK(caught == number);
}

/// Values as wide as the processor's registers, and more than it has, are live across a move. With -march=native those
/// of AVX-512 and their masks are among them.
void keeps_wide_values(int number) {
    using Wide = double __attribute__((vector_size(64)));
    std::array<Wide, 40> wide;
    for (std::size_t i = 0; i < wide.size(); ++i) {
        wide[i] = Wide{} + (static_cast<double>(number) + static_cast<double>(i) / 3);
    }
    const Wide threshold = wide[20];
    const auto mask = wide[3] < threshold;
    asm volatile("" : : : "memory");
    migrate();
    bool same = true;
    for (std::size_t i = 0; i < wide.size(); ++i) {
        const Wide expected = Wide{} + (static_cast<double>(number) + static_cast<double>(i) / 3);
        for (std::size_t lane = 0; lane < 8; ++lane) {
            same = same && wide[i][lane] == expected[lane] && (i != 3 || mask[lane] != 0);
        }
    }
    CHECK(same);
}

void everything(int number) {
    for (int round = 0; round < 3; ++round) {
        rethrows_what_was_caught(number + round);
        nests(number + round);
        unwinds(number + round);
        asks_the_library(number + round);
        joins_what_was_thrown(number + round);
        keeps_wide_values(number + round);
    }
}

}  // namespace

int main() {
    must(green::run({.workers = 2}, [] { everything(1); }));
    const int alone = moves.load();
    // More tasks, on both threads, that are in the middle of the same work.
    must(green::run({.workers = 2}, [] {
        std::vector<thread::JoinHandle<void>> handles;
        for (int i = 0; i < 4; ++i) {
            const std::string name = "task " + std::to_string(i);
            handles.push_back(must(thread::spawn([i] { everything(1000 * i); }, {.name = name})));
        }
        for (auto& handle : handles) {
            std::move(handle).join();
        }
    }));
    std::printf("%d moves alone, %d together, %d complaints\n", alone, moves - alone, complaints.load());
    return complaints == 0 && alone > 90 && moves - alone > 360 ? 0 : 1;
}
