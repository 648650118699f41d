// SPDX-License-Identifier: MIT
//
// scope: threads that end before the block does, results, and the exception that the scope rethrows.
#include <support/model.hpp>
#include <support/words.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace thread = rt::thread;
using test::must;
using thread::Scope;

static_assert(!std::is_copy_constructible_v<Scope> && !std::is_move_constructible_v<Scope>);

namespace {

/// The text of what `body` throws; "nothing" if it does not.
template <class Body>
std::string thrown_by(Body body) {
    try {
        body();
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "something";
    }
    return "nothing";
}

void wait_for(const std::atomic<bool>& flag) {
    while (!flag.load()) {
        thread::yield_now();
    }
}

}  // namespace

CONFORMANCE_TEST("a scope joins all its threads before it returns") {
    std::atomic<int> ended{0};
    thread::scope([&](Scope& scope) {
        for (int number = 0; number < 20; ++number) {
            (void)must(scope.spawn([&] {
                for (int turn = 0; turn < 20; ++turn) {
                    thread::yield_now();
                }
                ended.fetch_add(1);
            }));
        }
    });
    CHECK(ended.load() == 20);
}

CONFORMANCE_TEST("threads of a scope use the variables around it") {
    std::array<int, 4> numbers = {1, 2, 3, 4};
    int sum = 0;
    thread::scope([&](Scope& scope) {
        auto first = must(scope.spawn([&] { return numbers[0] + numbers[1]; }));
        auto second = must(scope.spawn([&] { return numbers[2] + numbers[3]; }));
        (void)must(scope.spawn([&] { sum += 100; }));
        const int both = std::move(first).join() + std::move(second).join();
        CHECK(both == 10);
    });
    CHECK(sum == 100);
}

CONFORMANCE_TEST("a scope returns what its body returns") {
    CHECK(thread::scope([](Scope& scope) { return must(scope.spawn([] { return 5; })).join() + 1; }) == 6);
    CHECK(*thread::scope([](Scope&) { return std::make_unique<int>(7); }) == 7);
    CHECK(thread::scope([](Scope& scope) { return must(scope.spawn([] { return std::string("text"); })).join(); }) ==
          "text");
    static_assert(std::is_void_v<decltype(thread::scope([](Scope&) {}))>);
    int variable = 1;
    decltype(auto) same = thread::scope([&](Scope& scope) -> int& {
        (void)must(scope.spawn([&] { variable = 2; }));
        return variable;
    });
    static_assert(std::is_same_v<decltype(same), int&>);
    CHECK(&same == &variable);
    CHECK(variable == 2);
}

CONFORMANCE_TEST("a scope without threads returns or throws what its body does") {
    CHECK(thread::scope([](Scope&) { return 3; }) == 3);
    CHECK(thrown_by([] { thread::scope([](Scope&) { throw std::runtime_error("body"); }); }) == "body");
    thread::scope([](Scope&) {});
}

CONFORMANCE_TEST("a scope rethrows the exception of a thread that nobody joined") {
    std::atomic<int> ended{0};
    CHECK(thrown_by([&] {
              thread::scope([&](Scope& scope) {
                  (void)must(scope.spawn([] { throw std::runtime_error("thread"); }));
                  (void)must(scope.spawn([&] {
                      thread::yield_now();
                      ended.fetch_add(1);
                  }));
              });
          }) == "thread");
    CHECK(ended.load() == 1);
}

CONFORMANCE_TEST("of several failures a scope rethrows the first in order of spawning") {
    std::atomic<bool> second_failed{false};
    CHECK(thrown_by([&] {
              thread::scope([&](Scope& scope) {
                  (void)must(scope.spawn([] {}));
                  (void)must(scope.spawn([&] {
                      wait_for(second_failed);
                      throw std::runtime_error("first");
                  }));
                  auto second = must(scope.spawn([] { throw std::runtime_error("second"); }));
                  (void)must(scope.spawn([] { throw std::runtime_error("third"); }));
                  while (!second.is_finished()) {
                      thread::yield_now();
                  }
                  second_failed = true;
              });
          }) == "first");
}

CONFORMANCE_TEST("an exception of the body goes first, and the scope still joins all threads") {
    std::atomic<int> ended{0};
    CHECK(thrown_by([&] {
              thread::scope([&](Scope& scope) {
                  auto failing = must(scope.spawn([] { throw std::runtime_error("thread"); }));
                  (void)must(scope.spawn([&] {
                      for (int turn = 0; turn < 50; ++turn) {
                          thread::yield_now();
                      }
                      ended.fetch_add(1);
                  }));
                  while (!failing.is_finished()) {
                      thread::yield_now();
                  }
                  throw std::runtime_error("body");
              });
          }) == "body");
    CHECK(ended.load() == 1);
}

CONFORMANCE_TEST("joining a thread takes its exception away from the scope") {
    bool caught = false;
    CHECK(thread::scope([&](Scope& scope) {
              auto failing = must(scope.spawn([]() -> int { throw std::runtime_error("thread"); }));
              try {
                  return std::move(failing).join();
              } catch (const std::runtime_error&) {
                  caught = true;
              }
              return 5;
          }) == 5);
    CHECK(caught);
    CHECK(thrown_by([] {
              thread::scope([](Scope& scope) {
                  auto first = must(scope.spawn([] { throw std::runtime_error("first"); }));
                  (void)must(scope.spawn([] { throw std::runtime_error("second"); }));
                  try {
                      std::move(first).join();
                  } catch (const std::runtime_error&) {
                  }
              });
          }) == "second");
}

CONFORMANCE_TEST("a scope passes on an exception that a join throws through the body") {
    CHECK(thrown_by([] {
              thread::scope([](Scope& scope) {
                  auto failing = must(scope.spawn([] { throw std::runtime_error("joined"); }));
                  (void)must(scope.spawn([] { throw std::runtime_error("other"); }));
                  std::move(failing).join();
              });
          }) == "joined");
}

CONFORMANCE_TEST("threads of a scope spawn more threads into it") {
    std::atomic<int> ended{0};
    thread::scope([&](Scope& scope) {
        for (int number = 0; number < 4; ++number) {
            (void)must(scope.spawn([&] {
                for (int inner = 0; inner < 4; ++inner) {
                    (void)scope
                        .spawn([&] {
                            (void)scope.spawn([&] { ended.fetch_add(1); }).value();
                            ended.fetch_add(1);
                        })
                        .value();
                }
                ended.fetch_add(1);
            }));
        }
    });
    CHECK(ended.load() == 4 + 16 + 16);
}

CONFORMANCE_TEST("a scope rethrows the failure of a thread that a member started") {
    CHECK(thrown_by([] {
              thread::scope([](Scope& scope) {
                  (void)must(scope.spawn([&] {
                      thread::yield_now();
                      (void)scope.spawn([] { throw std::runtime_error("inner"); }).value();
                  }));
              });
          }) == "inner");
}

CONFORMANCE_TEST("a thread of a scope may join another late and takes its exception away from the scope") {
    std::atomic<bool> caught{false};
    CHECK(thrown_by([&] {
              thread::scope([&](Scope& scope) {
                  auto failing = must(scope.spawn([] { throw std::runtime_error("joined late"); }));
                  while (!failing.is_finished()) {
                      thread::yield_now();
                  }
                  (void)must(scope.spawn([&caught, failing = std::move(failing)]() mutable {
                      thread::sleep(std::chrono::milliseconds(20));  // by now the scope most likely joins
                      try {
                          std::move(failing).join();
                      } catch (const std::runtime_error&) {
                          caught = true;
                      }
                  }));
              });
          }) == "nothing");
    CHECK(caught.load());
}

CONFORMANCE_TEST("a handle of a scope can be asked, moved and dropped") {
    std::atomic<bool> go{false};
    thread::scope([&](Scope& scope) {
        auto handle = must(scope.spawn(
            [&] {
                wait_for(go);
                return thread::current().id();
            },
            {.name = "named"}));
        CHECK_FALSE(handle.is_finished());
        CHECK(handle.thread().name() == "named");
        const auto id = handle.thread().id();
        go = true;
        auto moved = std::move(handle);
        CHECK(std::move(moved).join() == id);
        auto dropped = must(scope.spawn([] { return std::string("one"); }));
        dropped = must(scope.spawn([] { return std::string("two"); }));
        CHECK(std::move(dropped).join() == "two");
    });
}

CONFORMANCE_TEST("a thread of a scope may return a reference or a move-only value") {
    int variable = 1;
    thread::scope([&](Scope& scope) {
        auto reference = must(scope.spawn([&]() -> int& { return variable; }));
        CHECK(&std::move(reference).join() == &variable);
        auto moved = must(scope.spawn([] { return std::make_unique<int>(4); }));
        CHECK(*std::move(moved).join() == 4);
    });
}

CONFORMANCE_TEST("a scope joins before the variables of its threads are destroyed, also when its body throws") {
    std::string seen;
    CHECK(thrown_by([&] {
              const std::string local = "alive";
              thread::scope([&](Scope& scope) {
                  (void)must(scope.spawn([&] {
                      for (int turn = 0; turn < 50; ++turn) {
                          thread::yield_now();
                      }
                      seen = local;
                  }));
                  throw std::runtime_error("body");
              });
          }) == "body");
    CHECK(seen == "alive");
}

CONFORMANCE_TEST("scopes nest") {
    int value = 0;
    thread::scope([&](Scope& outer) {
        (void)must(outer.spawn(
            [&] { value = thread::scope([](Scope& inner) { return inner.spawn([] { return 6; }).value().join(); }); }));
    });
    CHECK(value == 6);
}

CONFORMANCE_TEST("a thousand scopes of four threads lose no result") {
    long sum = 0;
    for (int round = 0; round < 1000; ++round) {
        std::array<int, 4> parts{};
        thread::scope([&](Scope& scope) {
            for (std::size_t part = 0; part < parts.size(); ++part) {
                (void)must(scope.spawn([&parts, part] { parts[part] = 1; }));
            }
        });
        for (const int part : parts) {
            sum += part;
        }
    }
    CHECK(sum == 4000);
}
