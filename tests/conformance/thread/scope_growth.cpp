// SPDX-License-Identifier: MIT
//
// scope: members that have ended leave nothing while the scope runs, and the scope still rethrows the right exception.
#include <support/model.hpp>
#include <support/words.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace thread = rt::thread;
using test::must;
using thread::Scope;

namespace {

constexpr std::size_t large = 1024;   // an alignment that nothing else in this program uses
constinit std::atomic<long> live{0};  // blocks with that alignment

/// Its alignment makes the operators below recognise the one block of a member.
struct alignas(large) Mark {};

constexpr int members = test::is_slow ? 200 : 2'000;

/// The most members that are alive at once: a thread that is preempted between its end and the release of its record
/// keeps that one, and on a busy machine several are.
constexpr long few = 32;

/// Spawns a member of `scope` that runs `body`, and waits until it has finished.
template <class Body>
void run_member(Scope& scope, Body body) {
    must(scope.spawn([mark = Mark(), body] {
        (void)mark;
        body();
    })).join();
}

/// The text of what `body` throws; "nothing" if it does not.
template <class Body>
std::string thrown_by(Body body) {
    try {
        body();
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "nothing";
}

}  // namespace

void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    void* block = nullptr;
    const auto bytes = std::max(static_cast<std::size_t>(alignment), sizeof(void*));
    if (::posix_memalign(&block, bytes, size) != 0) {
        return nullptr;
    }
    live += bytes == large ? 1 : 0;
    return block;
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    if (void* block = ::operator new(size, alignment, std::nothrow)) {
        return block;
    }
    throw std::bad_alloc();
}

void operator delete(void* block, std::align_val_t alignment) noexcept {
    live -= static_cast<std::size_t>(alignment) == large ? 1 : 0;
    std::free(block);
}

void operator delete(void* block, std::size_t, std::align_val_t alignment) noexcept {
    ::operator delete(block, alignment);
}

CONFORMANCE_TEST("a running scope frees members that have ended") {
    long most = 0;
    thread::scope([&](Scope& scope) {
        for (int count = 0; count < members; ++count) {
            run_member(scope, [] {});
            most = std::max(most, live.load());
        }
    });
    CHECK(most <= few);
    CHECK(model::eventually([] { return live == 0; }));
}

CONFORMANCE_TEST("a running scope frees ended members whose handles were dropped") {
    bool all_gone = false;
    std::atomic<int> ran{0};
    thread::scope([&](Scope& scope) {
        for (int count = 0; count < members; ++count) {
            (void)must(scope.spawn([&, mark = Mark()] {
                (void)mark;
                ++ran;
            }));
        }
        all_gone = model::eventually([&] {
            run_member(scope, [] {});
            return live <= 3;
        });
    });
    CHECK(all_gone);
    CHECK(ran == members);
    CHECK(model::eventually([] { return live == 0; }));
}

CONFORMANCE_TEST("a scope frees ended threads that a member spawned, also after the body has returned") {
    std::atomic<long> most{0};
    thread::scope([&](Scope& scope) {
        (void)must(scope.spawn([&] {
            for (int count = 0; count < members; ++count) {
                run_member(scope, [] {});
                most = std::max(most.load(), live.load());
            }
        }));
    });
    CHECK(most <= few);
    CHECK(model::eventually([] { return live == 0; }));
}

CONFORMANCE_TEST("a member stays while it runs or somebody holds it, whichever other members end") {
    std::atomic<bool> go{false};
    int sum = 0;
    thread::scope([&](Scope& scope) {
        auto held = must(scope.spawn([] { return 5; }));
        auto waiting = must(scope.spawn([&] {
            while (!go) {
                thread::yield_now();
            }
            return 7;
        }));
        auto dropped = must(scope.spawn([&] {
            while (!go) {
                thread::yield_now();
            }
        }));
        {
            const auto gone = std::move(dropped);
        }
        for (int count = 0; count < members; ++count) {
            run_member(scope, [] {});
        }
        go = true;
        sum = std::move(held).join() + std::move(waiting).join();
    });
    CHECK(sum == 12);
}

CONFORMANCE_TEST(
    "of many members that fail the scope rethrows the first in order of spawning and keeps only its record") {
    std::atomic<bool> go{false};
    long most = 0;
    const auto thrown = thrown_by([&] {
        thread::scope([&](Scope& scope) {
            run_member(scope, [] {});
            (void)must(scope.spawn([&] {
                while (!go) {
                    thread::yield_now();
                }
                throw std::runtime_error("first");
            }));
            for (int count = 0; count < members; ++count) {
                std::atomic<bool> is_running{false};
                auto failing = must(scope.spawn([&, mark = Mark()] {
                    (void)mark;
                    is_running = true;
                    throw std::runtime_error("later");
                }));
                while (!failing.is_finished()) {
                    thread::yield_now();
                }
            }
            // Their threads may still be exiting.
            most = model::eventually([&] {
                run_member(scope, [] {});
                return live <= 4;
            })
                       ? live.load()
                       : -1;
            go = true;
        });
    });
    CHECK(thrown == "first");
    CHECK((most >= 0 && most <= 4));
    CHECK(model::eventually([] { return live == 0; }));
}

CONFORMANCE_TEST("a scope rethrows a kept failure when no earlier member fails") {
    CHECK(thrown_by([&] {
              thread::scope([&](Scope& scope) {
                  run_member(scope, [] {});
                  for (const char* name : {"one", "two", "three"}) {
                      auto failing = must(scope.spawn([name] { throw std::runtime_error(name); }));
                      while (!failing.is_finished()) {
                          thread::yield_now();
                      }
                  }
                  for (int count = 0; count < 100; ++count) {
                      run_member(scope, [] {});
                  }
              });
          }) == "one");
}

CONFORMANCE_TEST("a failure that is joined late goes to the joiner, and the next one to the scope") {
    std::string joined;
    CHECK(thrown_by([&] {
              thread::scope([&](Scope& scope) {
                  auto held = must(scope.spawn([] { throw std::runtime_error("joined"); }));
                  (void)must(scope.spawn([] { throw std::runtime_error("left"); }));
                  for (int count = 0; count < 100; ++count) {
                      run_member(scope, [] {});
                  }
                  joined = thrown_by([&] { std::move(held).join(); });
              });
          }) == "left");
    CHECK(joined == "joined");
}
